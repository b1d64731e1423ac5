"""What people type when they register, and what the form asks back."""

import re

WORKER = {
    "kana": "ﾐﾅﾄ ﾀﾛｳ",
    "name": "港 太郎",
    "phone": "０３１２３４５６７８",
    "postcode": "１００－００１４",
    "address": "東京都千代田区永田町1丁目",
    "birth_date": "１９７８０６１６",
    "email": "taro@example.jp",
    "email_again": "taro@example.jp",
    "work_name": "港株式会社",
    "work_address": "東京都港区芝公園1丁目5番25号",
    "work_phone": "03-1234-5678",
}
SPORTS = {
    "name": "熊本 花子",
    "kana": "くまもと はなこ",
    "birth_date": "平成2年5月4日",
    "postcode": "8600001",
    "address": "熊本県熊本市中央区千葉城町1-1",
    "phone": "09012345678",
    "email": "hanako@example.jp",
    "email_again": "hanako@example.jp",
}


def key_of(html):
    return re.search(r'name="form_key" value="([^"]+)"', html)[1]


def consents_on(html):
    return dict.fromkeys(re.findall(r'name="(consent\.[a-z_]+)"', html), "yes")


def errors_on(html):
    return re.findall(r'class="error-text" id="([^"]+)-error"', html)


async def apply_as_worker(site, **more):
    await site.get("/register/worker")
    typed = {**WORKER, **more, "form_key": key_of(site.html)}
    await site.post("/register/worker", **typed, act="check")
    consents = consents_on(site.html)
    return await site.post("/register/worker", **typed, **consents, act="apply")
