"""Pictures of every site of the running demo, at phone and desktop size, into docs/screenshots/."""

from __future__ import annotations

import sys
from pathlib import Path
from shutil import which
from urllib.parse import urljoin

from playwright.sync_api import Browser, Page, sync_playwright

from yoyaku.cli.demo_sites import Site, read_sites
from yoyaku.cli.environment import DEMO_ENVIRONMENT, read_environment

FOLDER = Path("docs/screenshots")
SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 900}}


def main() -> None:
    """Photograph the top page of each site, and the free times of its first facility."""
    chromium = which("chromium") or which("chromium-headless-shell")
    if not DEMO_ENVIRONMENT.is_file() or chromium is None:
        sys.exit("This needs a running demo (make demo) and Chromium (sudo apt-get install chromium fonts-noto-cjk).")
    demo = read_environment(DEMO_ENVIRONMENT)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for site in read_sites(Path("tenants"), base_domain=demo["BASE_DOMAIN"]):
            photograph(browser, site, port=demo["SITE_PORT"])
        browser.close()


def photograph(browser: Browser, site: Site, *, port: str) -> None:
    """One site's pictures, named by its host."""
    host = site.hosts[0]
    name = "-".join(reversed(host.split(".")[:2]))
    for size, viewport in SIZES.items():
        page = browser.new_page(viewport=viewport, locale="ja-JP", device_scale_factor=1)  # type: ignore[arg-type]
        page.goto(f"http://{host}:{port}/")
        take(page, f"{name}-top-{size}")
        page.goto(urljoin(page.url, first_availability(page, urljoin(page.url, "/facilities"))))
        page.locator("main h2").first.evaluate("heading => heading.scrollIntoView()")
        take(page, f"{name}-availability-{size}")
        page.close()


def first_availability(page: Page, facilities: str) -> str:
    """The page of free times of the first facility that has one."""
    page.goto(facilities)
    places = page.locator("main a[href^='/facilities/']").evaluate_all("links => links.map(link => link.href)")
    for place in places:
        page.goto(place)
        link = page.locator("main a[href^='/availability/']").first
        if link.count():
            return link.get_attribute("href") or facilities
    return facilities


def take(page: Page, name: str) -> None:
    """What one sees without scrolling."""
    page.wait_for_load_state("networkidle")
    page.screenshot(path=str(FOLDER / f"{name}.png"))
    sys.stdout.write(f"{FOLDER / name}.png\n")


if __name__ == "__main__":
    main()
