"""One journey through a service, as a person makes it: by what the page says, not by how it is built."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from tests.second_factor import code_of

AXE = {
    "resultTypes": ["violations"],  # what is right need not be listed
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
SHOTS = os.environ.get("SCREENSHOTS")
SKELETON = """() => {
  const kinds = [...document.body.querySelectorAll('*')].map(
    one => `${one.tagName}.${one.getAttribute('class') || ''}.${one.getAttribute('role') || ''}`);
  const headings = [...document.querySelectorAll('h1, h2, h3, h4')].map(one => one.tagName);
  return [document.documentElement.cloneNode(false).outerHTML, innerWidth, ...headings, ...[...new Set(kinds)].sort()].join(' ');
}"""
"""What a page is made of: another one of the same pieces in the same order has no faults of its own to look for."""
_looked_at = set()


@dataclass
class Journey:
    """A page in the browser; each stop is looked at for what may not be."""

    page: object
    service: object
    label: str
    scripts: bool = True
    faults: list = field(default_factory=list)
    stops: int = 0

    def stop(self, name):
        """Look at the page one is on: accessible, and no wider than the screen."""
        self.stops += 1
        # A click leads on at once; on a busy machine the next page may have no root element yet.
        self.page.wait_for_load_state("load")
        if self.scripts:
            self.page.wait_for_function("document.readyState === 'complete'")
        if SHOTS:
            Path(SHOTS).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=f"{SHOTS}/{self.label}-{self.stops:02d}-{name}.png", full_page=True)
        if not self.scripts:
            return
        width = self.page.viewport_size["width"]
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            self.faults.append(f"{name}: {wide} px wide on a screen of {width} px")
        if "</" in self.page.locator("body").inner_text():
            self.faults.append(f"{name}: marks of the page's own language are read out")
        seen = (self.service.code, self.page.evaluate(SKELETON))
        if seen in _looked_at:
            return
        _looked_at.add(seen)
        for violation in Axe().run(self.page, options=AXE).response["violations"]:
            self.faults.append(f"{name}: {violation['id']}: {[node['html'] for node in violation['nodes']][:3]}")

    def log_in(self, person):
        page = self.page
        page.locator("#login_id").fill(person.login_id)
        page.locator("#password").fill(person.password)
        self.stop("login")
        page.locator("main form[action$='/login'] button[type=submit]").click()
        if person.second_factor:
            page.wait_for_selector("#code")
            self.stop("code")
            page.locator("#code").fill(code_of(person))
            page.locator("main form[action$='/login/code'] button[type=submit]").click()

    def fill_form(self):
        """Answer what is asked with ★: the first choice, a small number, a word."""
        page = self.page
        for group in page.locator("main fieldset:has(.required)").all():
            radio = group.locator("input[type=radio]").first
            if radio.count() and not group.locator("input[type=radio]:checked").count():
                radio.check()
            for number in group.locator("input.input-number").all():
                number.fill("3")
        for box in page.locator(
            "main .field:has(label .required) > input, main .field:has(label .required) .unit input"
        ).all():
            if not box.input_value():
                box.fill("5" if "input-number" in (box.get_attribute("class") or "") else "練習")
        for text in page.locator("main .field:has(label .required) > textarea").all():
            text.fill("練習のため")
        for select in page.locator("main .field:has(label .required) > select").all():
            select.select_option(index=1)

    def next(self):
        self.page.locator("main form .button-large").first.click()

    def agree(self):
        self.page.wait_for_selector("main form[action$='/apply/submit']")
        for box in self.page.locator("main input[type=checkbox]").all():
            box.check()

    def submit_terms(self):
        self.next()
        if self.scripts:
            # Twice, as many people tap: the second tap may hit nothing beneath the dialogue.
            self.page.locator("#confirm-dialog button[value=yes]").dblclick()

    def apply(self):
        """From the form to the completion page; returns the first booking number."""
        page = self.page
        page.wait_for_url(re.compile(r"/apply"))
        page.wait_for_selector("main form[data-keep]")
        self.fill_form()
        self.stop("form")
        self.next()
        page.wait_for_selector(".prices")
        self.stop("confirm")
        self.next()
        self.agree()
        self.stop("terms")
        self.submit_terms()
        page.wait_for_url(re.compile(r"/done/"))
        self.stop("done")
        return page.locator("main .big-number").first.inner_text().strip()

    def cancel(self, number):
        """From my page to the cancelled booking."""
        page = self.page
        page.goto("/me")
        self.stop("my-page")
        page.locator(".booking-card", has_text=number).get_by_role("link").click()
        self.stop("booking")
        page.locator("a.button-danger-quiet").click()
        page.wait_for_selector("#sure")
        if page.locator("#reason").count():
            page.locator("#reason").fill("都合により")
        page.locator("#sure").check()
        self.stop("cancel")
        page.locator("main button.button-danger").click()
        page.wait_for_selector(".notice-good")
        self.stop("cancelled")
