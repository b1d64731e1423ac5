"""What somebody does who hears the page and has a keyboard: forward by Tab to a thing that is told by role and name."""

MANY = 80


def tab_to(page, role, name, *, exact=False):
    """Press Tab until the focus is on what a screen reader calls so; it must be reached, and be seen."""
    target = page.get_by_role(role, name=name, exact=exact)
    for _ in range(MANY):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            continue
        if target.and_(page.locator(":focus")).count():
            assert target.and_(page.locator(":focus")).bounding_box()["height"] > 0
            return
    told = page.locator("main").aria_snapshot()
    raise AssertionError(f"{role} {name} cannot be reached by keyboard:\n{told}")


def past_the_menu(page):
    """The first key of each page: over the menu to what it is about."""
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def press(page, role, name, *, key="Enter"):
    """Reach something and press it."""
    tab_to(page, role, name)
    page.keyboard.press(key)


def type_into(page, name, words):
    """Reach a field by its label and type."""
    tab_to(page, "textbox", name)
    page.keyboard.type(words)
