"""What the processor's pages say, in Japanese and English."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, tuple[str, str]]] = {
    "title": ("お支払い（デモの決済会社）", "Payment (the demo's payment company)"),
    "demo": (
        "これは試験用の決済会社です。実際のお金は動きません。",
        "This is a payment company for trials. No real money moves.",
    ),
    "other_language": ("English", "日本語"),
    "shop": ("お支払い先", "Paid to"),
    "what": ("内容", "For"),
    "reference": ("収納番号", "Collection number"),
    "amount": ("金額", "Amount"),
    "yen": ("{amount}円", "{amount} yen"),
    "within": (
        "{until}までに処理を完了させてください。過ぎるとエラーとなり、お支払いはできません。",
        "Please finish by {until}. After that it ends in an error and cannot be paid.",
    ),
    "card": ("クレジットカード", "Credit card"),
    "brand": ("カードの種類", "Brand of card"),
    "number": ("カード番号", "Card number"),
    "number_hint": ("数字だけで入力してください。", "Digits only."),
    "expiry": ("有効期限", "Expiry date"),
    "month": ("月（例：04）", "Month (such as 04)"),
    "year": ("年（例：29）", "Year (such as 29)"),
    "code": ("セキュリティコード", "Security code"),
    "code_hint": (
        "カード裏面の3桁。American Expressは表面の4桁です。",
        "3 digits on the back of the card; 4 on the front of American Express.",
    ),
    "pay": ("お支払い", "Pay"),
    "stop": ("決済を中止する", "Stop this payment"),
    "back": ("予約サイトに戻る", "Back to the reservation site"),
    "mistakes": ("入力を確認してください", "Please check what you entered"),
    "brand_missing": ("カードの種類を選んでください。", "Choose the brand of the card."),
    "number_wrong": ("カード番号が正しくありません。", "This is not a right card number."),
    "number_of_other_brand": (
        "選んだカードの種類の番号ではありません。",
        "This number does not belong to the brand that you chose.",
    ),
    "month_wrong": ("有効期限の月を1から12の数字で入力してください。", "Enter the month of expiry, 1 to 12."),
    "year_wrong": ("有効期限の年を数字で入力してください。", "Enter the year of expiry in digits."),
    "expiry_past": ("入力した有効期限は過去の日付です。", "The card has expired."),
    "code_wrong_3": ("セキュリティコードを3桁で入力してください。", "Enter the 3 digits of the security code."),
    "code_wrong_4": ("セキュリティコードを4桁で入力してください。", "Enter the 4 digits of the security code."),
    "wallet": ("電子マネー", "E-money"),
    "wallet_missing": ("電子マネーを選んでください。", "Choose one."),
    "bank": ("インターネットバンキング", "Net bank"),
    "bank_missing": ("銀行を選んでください。", "Choose a bank."),
    "challenge": ("本人認証（3Dセキュア）", "Is it you? (3-D Secure)"),
    "challenge_why": (
        "カード会社が、ご本人であることの確認を求めています。デモの確認コードは 123456 です。",
        "The bank of your card asks whether it is you. The demo's code is 123456.",
    ),
    "passcode": ("確認コード", "Code"),
    "confirm": ("認証する", "Confirm"),
    "pending_title": ("結果を確認しています", "Waiting for the result"),
    "pending": (
        "カード会社の回答を待っています。結果は予約サイトでご確認ください。もう一度支払わないでください。",
        "The bank has not answered yet. See the result on the reservation site; please do not pay again.",
    ),
    "paid_title": ("お支払いが終わりました", "Paid"),
    "paid": ("お支払いを受け付けました。予約サイトに戻ってください。", "Please go back to the reservation site."),
    "cancelled_title": ("決済を中止しました", "Stopped"),
    "cancelled": ("何も支払われていません。", "Nothing was paid."),
    "expired_title": ("時間切れです", "Out of time"),
    "expired": (
        "制限時間を過ぎました。何も支払われていません。予約サイトからやり直してください。",
        "The time was over, and nothing was paid. Please start again at the reservation site.",
    ),
    "failed_title": ("お支払いできませんでした", "Not paid"),
    "card_declined": (
        "このカードは使えません。何も支払われていません。別のカードでお試しください。",
        "This card was refused. Nothing was paid; please try another card.",
    ),
    "insufficient_funds": (
        "限度額を超えています。何も支払われていません。",
        "The card's limit is exceeded. Nothing was paid.",
    ),
    "expired_card": (
        "カードの有効期限が過ぎています。何も支払われていません。",
        "The card has expired. Nothing was paid.",
    ),
    "three_d_secure_failed": (
        "本人認証ができませんでした。何も支払われていません。",
        "It could not be confirmed that it is you. Nothing was paid.",
    ),
    "three_d_secure_unavailable": (
        "本人認証のサービスが利用できません。何も支払われていません。",
        "The service that confirms who you are is not available. Nothing was paid.",
    ),
    "bank_refused": ("支払いが拒否されました。何も支払われていません。", "The payment was refused. Nothing was paid."),
    "numbers_title": ("お支払いの番号", "The numbers to pay by"),
    "receipt_number": ("受付番号", "Receipt number"),
    "confirmation_number": ("確認番号", "Confirmation number"),
    "biller_number": ("収納機関番号", "Number of the receiving body"),
    "payment_number": ("納付番号", "Payment number"),
    "payment_division": ("納付区分", "Division of payment"),
    "pay_by": ("お支払い期限", "To be paid by"),
    "convenience_how": (
        "次のお店のレジか端末で、受付番号と確認番号を伝えてお支払いください。",
        "Pay at the till or the terminal of one of these stores with the two numbers.",
    ),
    "pay_easy_how": (
        "ペイジーのマークがあるATMかネットバンキングで、番号を入力してお支払いください。",
        "Pay at an ATM or a net bank with the Pay-easy mark by entering the numbers.",
    ),
    "stores": ("お支払いできるお店", "Stores"),
    "trials": ("試験用のカード番号", "Card numbers for trials"),
    "trial": ("何が起こるか", "What happens"),
    "trial_ok": ("本人認証なし", "No question of 3-D Secure"),
    "trial_challenge": ("本人認証あり", "3-D Secure asks"),
    "trial_processing": ("結果がすぐには出ない", "The bank takes its time"),
    "trial_three_d_secure_unavailable": ("本人認証が利用できない", "3-D Secure is not available"),
    "unknown_title": ("ページが見つかりません", "No such page"),
    "unknown": ("このお支払いは見つかりませんでした。", "This payment was not found."),
}
"""By key: Japanese, English; ``{…}`` is filled in."""

WALLETS: Final = {"paypay": ("PayPay", "PayPay"), "shiharai": ("支払秘書", "Shiharai Hisho")}
BANKS: Final = {"mihon": ("見本銀行", "Mihon Bank"), "aozora": ("例示信用金庫", "Reiji Shinkin Bank")}


def say(language: str, key: str, **facts: object) -> str:
    """The words of a key."""
    return WORDS[key][0 if language == "ja" else 1].format(**facts)
