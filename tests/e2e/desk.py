"""The counter of a service, in a browser of its own, by what a clerk clicks."""

from tests.e2e.registering import fill


class Desk:
    """A clerk who has logged in with both steps; each page on the way is looked at."""

    def __init__(self, journey):
        self.journey = journey
        self._page = journey.page

    def open(self):
        """Log in and see the console's first page."""
        self._page.goto("/login?next=/counter")
        self.journey.log_in(self.journey.service.clerk)
        self._page.wait_for_selector("main a[href$='/counter/registrations']")
        self.journey.stop("counter")
        return self

    def review(self, name, *, papers, see_file=False):
        """Take whoever waits from the list, look at what was sent, and approve."""
        page = self._page
        self._go("/counter/registrations")
        self.journey.stop("waiting")
        page.locator("main tbody tr", has_text=name).get_by_role("link").click()
        page.wait_for_selector("main input[name=decision]", state="attached")
        if see_file:
            seen = page.locator("main section[aria-labelledby=sent] img").first
            assert seen.evaluate("image => image.complete && image.naturalWidth > 0"), "what was sent is not shown"
        self._approve(papers)

    def receive(self, name, *, papers):
        """Whoever stands at the counter: found by name, for a purpose, and their papers seen."""
        self.find(name)
        self._page.locator("main section[aria-labelledby=checks] a").first.click()
        self._page.wait_for_selector("main input[name=decision]", state="attached")
        self._approve(papers)

    def find(self, name):
        """The registration of somebody."""
        page = self._page
        self._go("/counter/people")
        page.locator("main input[name=purpose]").first.check()
        page.locator("main form[action$='/counter/purpose'] button").click()
        page.wait_for_selector("#query")
        page.locator("#query").fill(name)
        self.journey.stop("people")
        page.locator("main form[action$='/counter/people'] button").click()
        page.locator("main section[aria-labelledby=found] tbody tr", has_text=name).get_by_role("link").click()
        page.wait_for_selector("section[aria-labelledby=who]")
        self.journey.stop("person")

    def print_letter(self, name):
        """Print the letters that are due, and read the code on the one for somebody."""
        page = self._page
        self._go("/counter/letters")
        self.journey.stop("letters")
        page.locator("main form[action$='/counter/letters'] button").click()
        letter = page.locator("main section", has_text=f"{name} 様")
        letter.wait_for()
        self.journey.stop("printed")
        return letter.locator(".big-number").inner_text().strip()

    def register(self, user_class, *, papers, **answers):
        """Somebody at the counter, with papers; what the sheet to hand over says: login id and one-time code."""
        page = self._page
        page.goto("/counter")
        page.locator("main nav a[href$='/counter/people']").click()
        page.locator("main a[href$='/counter/people/new']").click()
        page.wait_for_selector("main input[name=user_class]", state="attached")
        self.journey.stop("newcomer")
        page.locator(f"main input[name=user_class][value={user_class}]").check()
        page.locator("main form .button-large").click()
        page.wait_for_selector("main input[name=counter_form]", state="attached")
        fill(page, **answers)
        self._see(papers)
        page.locator("main input[name=approve]").check()
        self.journey.stop("newcomer-form")
        page.locator("main form .button-large").click()
        page.wait_for_selector("main .big-number")
        self.journey.stop("code-sheet")
        login_id, code = page.locator("main .big-number").all_inner_texts()
        return login_id.strip(), code.strip()

    def _go(self, path):
        """From the console's first page, by its link."""
        self._page.goto("/counter")
        self._page.locator(f"main nav a[href$='{path}']").click()
        self._page.wait_for_url(f"**{path}")

    def _approve(self, papers):
        page = self._page
        self._see(papers)
        page.locator("main input[name=decision][value=approve]").check()
        page.locator("main input[name=note]").fill("書類を確認した")
        self.journey.stop("check")
        page.locator("main form:has(input[name=decision]) button[type=submit]").click()
        page.wait_for_selector("main .notice-good")
        self.journey.stop("approved")

    def _see(self, papers):
        for paper, kind in papers.items():
            self._page.locator(f"main select[name='paper.{paper}']").select_option(kind)
