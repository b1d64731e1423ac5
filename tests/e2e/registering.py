"""What every registration has in common: to the form, through it, and the link in the mail."""

import io
import re

from PIL import Image


def begin(journey, user_class):
    """From the top page over the log-in page to the form of a class."""
    page = journey.page
    page.goto("/")
    page.goto("/login")
    page.locator("main section a[href='/register']").click()
    page.wait_for_url(re.compile("/register$"))
    journey.stop("register")
    page.locator(f"main a[href='/register/{user_class}']").click()
    page.wait_for_selector("main form input[name=form_key]", state="attached")
    journey.stop("form")


def fill(page, **answers):
    """Type the answers; a choice is a button to press."""
    for name, answer in answers.items():
        choice = page.locator(f"main input[type=radio][name='{name}'][value='{answer}']")
        if choice.count():
            choice.check()
        else:
            page.locator(f"main [name='{name}']").fill(answer)


def apply(journey, **login):
    """From the filled form over the look at it to the number."""
    page = journey.page
    page.locator("main form .button-large").click()
    page.wait_for_selector("main form[data-confirm]")
    journey.stop("check")
    if login:
        fill(page, **login, password_again=login["password"])
    for box in page.locator("main input[type=checkbox]").all():
        box.check()
    page.locator("main form[data-confirm] .button-large").click()
    if journey.scripts:
        page.locator("#confirm-dialog button[value=yes]").click()
    page.wait_for_selector("main .big-number")
    journey.stop("registered")


def sign_up(journey, user_class, mail, *, login=(), **answers):
    """From the first page over the filled form to the number."""
    begin(journey, user_class)
    fill(journey.page, **answers, email=mail, email_again=mail)
    apply(journey, **dict(login))


def sign_up_and_in(journey, user_class, mail, post, *, login, **answers):
    """The same with an ID and a password of one's own, the address verified, and logged in."""
    sign_up(journey, user_class, mail, login=login, **answers)
    verify_mail(journey, post.link_to(mail, "/mail/verify"))
    log_in(journey.page, login["login_id"], login["password"])


def verify_mail(journey, path):
    """Follow the link and press its button."""
    page = journey.page
    page.goto(path)
    journey.stop("verify-mail")
    page.locator("main form .button-large").click()
    page.wait_for_selector(".notice-good")
    journey.stop("mail-verified")


def log_in(page, login_id, password):
    """On the log-in page."""
    page.goto("/login")
    page.locator("#login_id").fill(login_id)
    page.locator("#password").fill(password)
    page.locator("main form[action='/login'] .button-large").click()


def set_password(journey, path, password):
    """Follow the link of a mail and set a password of one's own."""
    page = journey.page
    page.goto(path)
    journey.stop("set-password")
    fill(page, password=password, password_again=password)
    page.locator("main form .button-large").click()
    page.wait_for_selector(".notice-good")


def picture(*, kind="PNG", size=(640, 400)):
    """A photograph of a document, as a phone would send it."""
    made = io.BytesIO()
    Image.new("RGB", size, (240, 236, 220)).save(made, kind)
    return {"name": f"document.{kind.lower()}", "mimeType": f"image/{kind.lower()}", "buffer": made.getvalue()}


def send_file(journey, step, file):
    """On the page of a check; an answer of the site is waited for."""
    page = journey.page
    page.goto(f"/account/identity/{step}")
    if isinstance(file, list):
        page.locator("#file").evaluate("field => (field.multiple = true)")
    if file is not None:
        page.locator("#file").set_input_files(file)
    page.locator("main form .button-large").click()
    page.wait_for_load_state("load")
