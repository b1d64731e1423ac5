"""What a page says: languages, wording, translations, errors."""

from datetime import UTC, date, datetime

import pytest

from yoyaku.kernel.errors import YoyakuError
from yoyaku.ui.languages import choose_language
from yoyaku.ui.wording import Wording, WordingFaultError, city_words, fill, missing_wording, read_wording
from yoyaku.ui.words import Words


@pytest.mark.parametrize(
    ("asked", "remembered", "accepted", "chosen"),
    [
        (None, None, None, "ja"),
        ("en", "ja", "ja", "en"),
        ("xx", "en", "ja", "en"),
        (None, None, "en-GB,en;q=0.9,ja;q=0.8", "en"),
        (None, None, "fr, ja;q=0.5, en;q=0.7", "en"),
        (None, None, "fr;q=1", "ja"),
        (None, None, "en;q=0, ja;q=0.1", "ja"),
        (None, None, "en;q=nonsense, ja", "ja"),
        (None, None, ";;;,,,=", "ja"),
    ],
)
def test_what_is_asked_for_comes_before_what_is_remembered_and_the_browser(asked, remembered, accepted, chosen):
    assert choose_language(asked=asked, remembered=remembered, accepted=accepted) == chosen


def test_both_languages_have_the_same_words():
    assert missing_wording() == []


def test_a_city_s_own_words_lie_over_the_platform_s():
    words = Words("ja", Wording("ja", tenant_words={"state.tentative": "かりよやく"}))

    assert words.say("state.tentative") == "かりよやく"
    assert words.say("state.cancelled") == "取消済"


def test_words_that_nobody_wrote_are_a_bug():
    with pytest.raises(LookupError, match="no wording for"):
        Words("ja", Wording("ja")).say("state.dancing")


def test_a_fact_is_put_in_and_never_looked_into():
    assert fill("{name}さん {name.__class__} {other}", {"name": "{other}"}) == "{other}さん {name.__class__} {other}"


@pytest.mark.parametrize(
    ("text", "said"),
    [("a: 1\na: 2\n", ":2: a stands twice"), ("a:\n  b: 1\n", ":1: a must be text"), ("- a\n", "expected lines")],
)
def test_a_wording_file_with_a_fault_says_where(tmp_path, text, said):
    path = tmp_path / "ja.yaml"
    path.write_text(text)

    with pytest.raises(WordingFaultError) as fault:
        read_wording(path)

    assert said in str(fault.value)


def test_values_stay_text_whatever_they_look_like(tmp_path):
    path = tmp_path / "ja.yaml"
    path.write_text('a: no\nb: 12:30\nc: "0123"\n')

    assert read_wording(path) == {"a": "no", "b": "12:30", "c": "0123"}


class Sold(YoyakuError):
    code = "sold_to_a_fox"
    title = "It is sold."


def test_an_error_without_words_says_its_title():
    assert Words("ja", Wording("ja")).sentence(Sold(key="a fact of that name")) == "It is sold."


def test_the_facts_of_an_error_are_said_in_words():
    words = Words("ja", Wording("ja", tenant_words={"error.sold_to_a_fox": "{at}に{who}へ（{on}）"}))
    error = Sold(at=datetime(2027, 1, 16, 0, tzinfo=UTC), on=date(2027, 2, 20), who=[{"ja": "狐", "en": "fox"}, 3])

    assert words.sentence(error) == "2027年1月16日（土） 9:00に狐、3へ（2027年2月20日（土））"


def test_a_text_of_a_rule_set_is_read_in_the_language_or_in_japanese():
    words = Words("en", Wording("en"))

    assert words.text({"ja": "体育館", "en": "Gym"}) == "Gym"
    assert words.text({"ja": "体育館"}) == "体育館"
    assert words.text("体育館") == "体育館"
    assert words.text(None) == ""


def test_who_reads_a_language_of_the_city_reads_english_where_nothing_is_said_in_it():
    assert choose_language(asked="zh", remembered=None, accepted=None, spoken=("ja", "en", "zh")) == "zh"
    assert choose_language(asked="zh", remembered=None, accepted=None, spoken=("ja", "en")) == "ja"
    own = {"ja": {"nav.home": "最初"}, "en": {"nav.home": "Begin", "error.busy": "Wait."}, "zh": {"nav.home": "首页"}}
    words = Words.of(Wording("zh", tenant_words=city_words(own, "zh")))
    assert (words.say("nav.home"), words.say("error.busy")) == ("首页", "Wait.")
    assert words.say("button.logout") == Wording("en").find("button.logout")
    assert words.text({"ja": "体育館", "en": "Gym", "zh": "体育馆"}) == "体育馆"
    assert words.text({"ja": "体育館", "en": "Gym"}) == "Gym"
    assert words.text({"ja": "体育館"}) == "体育館"
    assert words.fact(date(2027, 2, 1)) == Words("en", Wording("en")).fact(date(2027, 2, 1))
    assert city_words(own, "en") == own["en"]
