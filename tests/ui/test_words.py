import pytest

from teller_assist.errors import BugError
from teller_assist.ui.words import Language, Words
from teller_assist.wording import Sentences


@pytest.mark.parametrize(("language", "said", "other"), [("zh", "通过", "en"), ("en", "Pass", "zh")])
def test_words_come_in_one_language(language: Language, said: str, other: str) -> None:
    words = Words(language)
    assert words.say("decision", "pass") == said
    assert words.of(Sentences(zh="通过", en="Pass")) == said
    assert words.other == other


def test_an_unknown_code_is_our_own_fault() -> None:
    with pytest.raises(BugError):
        Words("zh").say("decision", "shrug")
