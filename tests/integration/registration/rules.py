"""The smallest rules of registration around the way to log in."""

from yoyaku.registration.terms import RegistrantClass, RegistrationTerms, Stage


def terms_of(login, **more):
    stages = more.pop("stages", [Stage(code="registered", name="登録済", may_book=True)])
    return RegistrationTerms(
        classes=[RegistrantClass(code="individual", name="個人")], stages=stages, login=login, **more
    )
