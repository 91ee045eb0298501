import re
import tomllib
from enum import StrEnum
from importlib import resources
from pathlib import Path

import pytest

from teller_assist.decision.judgement import EdgeName, Severity
from teller_assist.devices.kinds import DeviceState
from teller_assist.errors import BugError
from teller_assist.evidence.id_number import Sex
from teller_assist.evidence.kinds import Outcome
from teller_assist.evidence.presentation import PadState
from teller_assist.evidence.transaction import BusinessKind, ConsentBasis, TellerDecision
from teller_assist.ui import words as words_module
from teller_assist.ui.words import Language, Words
from teller_assist.wording import Sentences, codes
from teller_assist.workflow.view import Mark, PassNeeds, Step, StepState
from teller_assist.workflow.view_portraits import PairWord

TABLE = tomllib.loads(resources.files("teller_assist.wording").joinpath("tables/panel.toml").read_text(encoding="utf-8"))
ACCUSING = ("冒", "嫌疑", "欺诈", "骗", "假", "impostor", "fraud", "fake", "suspect", "spoof")


@pytest.mark.parametrize(("language", "said", "other"), [("zh", "通过", "en"), ("en", "Pass", "zh")])
def test_words_come_in_one_language(language: Language, said: str, other: str) -> None:
    words = Words(language)
    assert words.say("decision", "pass") == said
    assert words.of(Sentences(zh="通过", en="Pass")) == said
    assert words.other == other


def test_an_unknown_code_is_our_own_fault() -> None:
    with pytest.raises(BugError):
        Words("zh").say("decision", "shrug")


@pytest.mark.parametrize(
    ("group", "closed_list"),
    [
        ("business_kind", BusinessKind),
        ("consent_basis", ConsentBasis),
        ("decision", TellerDecision),
        ("device_state", DeviceState),
        ("edge", EdgeName),
        ("mark", Mark),
        ("pad_chip", PadState),
        ("pair", PairWord),
        ("pair_short", PairWord),
        ("severity", Severity),
        ("sex", Sex),
        ("step", Step),
        ("step_state", StepState),
    ],
)
def test_every_code_of_a_closed_list_has_words_and_no_word_is_left_over(group: str, closed_list: type[StrEnum]) -> None:
    assert set(codes(group)) == {one.value for one in closed_list}


def test_the_strip_and_what_a_pass_needs_have_words() -> None:
    assert set(codes("strip")) == {"alert", "review", *Outcome}
    assert set(codes("pass_needs")) == set(PassNeeds) - {PassNeeds.NOTHING}


@pytest.mark.parametrize("group", ["panel", "gauge", "today", "sign_on", "simulated", "consent", "preview_state"])
def test_no_word_of_the_panel_is_left_over(group: str) -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in Path(words_module.__file__).parent.rglob("*.py"))
    made_up = {"reason_for_refer", "reason_for_reject", "theme_dark", "theme_light"}  # put together from a value
    made_up |= {"zone_non_match", "zone_cannot_tell", "zone_match"}
    assert [code for code in codes(group) if f'"{code}"' not in source and code not in made_up] == []


def test_the_panel_accuses_nobody_and_names_no_percentage() -> None:
    for group, entries in TABLE.items():
        for code, entry in entries.items():
            said = f"{entry['zh']} {entry['en'].lower()}"
            assert not [word for word in ACCUSING if word in said], (group, code)
            assert not re.search("[%％]", said), (group, code)
