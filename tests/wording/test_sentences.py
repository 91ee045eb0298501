from __future__ import annotations

import ast
import re
import string
import subprocess
import sys
import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

import teller_assist
from teller_assist.devices.kinds import DeviceKind
from teller_assist.errors import (
    BugError,
    CardUnreadableError,
    DeviceBusyError,
    Fact,
    KnownError,
    NoFaceError,
    PictureError,
    SessionError,
    UnknownSettingError,
    known_reasons,
)
from teller_assist.evidence.kinds import Outcome, PhotoKind
from teller_assist.evidence.measurements import QualityName
from teller_assist.wording import codes, error_sentences, sentence
from teller_assist.wording.sentences import merged_tables

SENTENCES: dict[str, dict[str, dict[str, Any]]] = merged_tables(
    tomllib.loads(Path(str(table)).read_text(encoding="utf-8"))
    for table in resources.files("teller_assist.wording").joinpath("tables").iterdir()
)
EVIDENCE_REASONS = ("card_unreadable", "zone_unreadable", "no_face", "several_faces", "quality_too_low")
BLAME = ("冒用", "冒充", "骗", "假", "嫌疑", "欺诈", "fraud", "fake", "impostor", "spoof")
ACTION_VERBS = ("请", "改用", "检查", "重新")


def error_with(reason: str, **facts: Fact) -> KnownError:
    pending: list[type[KnownError]] = [KnownError]
    while pending:
        family = pending.pop()
        if reason in family.reasons:
            return family(reason, **facts)
        pending.extend(family.__subclasses__())
    raise AssertionError(reason)


def fact_sets(reason: str) -> list[dict[str, Fact]]:
    """No facts, each role, and every variant's own fact."""
    sets: list[dict[str, Fact]] = [{}, {"file": "probe"}, {"file": "reference"}, {"file": "row 12"}]
    variants = SENTENCES["reasons"][reason].get("variant", ())
    return [*sets, *({variant["fact"]: variant.get("equals", 7)} for variant in variants)]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_reason_has_sentences_and_no_sentence_is_left_over() -> None:
    assert set(SENTENCES["reasons"]) == set(known_reasons())


@pytest.mark.parametrize("reason", known_reasons())
def test_a_reason_reads_as_two_chinese_sentences_and_english(reason: str) -> None:
    for facts in fact_sets(reason):
        words = error_sentences(error_with(reason, **facts))
        happened, action, rest = words.zh.split("。")
        assert (bool(happened), bool(action), rest) == (True, True, "")
        assert any(verb in action for verb in ACTION_VERBS), "the second sentence says what to do now"
        assert "{" not in words.zh + words.en
        assert words.en.endswith(".")
        assert words.en[0].isupper()
        assert not re.search(r"[一-鿿]", words.en)


@pytest.mark.parametrize("reason", known_reasons())
def test_a_reasons_placeholders_have_a_general_word(reason: str) -> None:
    entry = SENTENCES["reasons"][reason]
    for form in (entry, *entry.get("variant", ())):
        for part in ("happened", "action"):
            chinese, english = (placeholders(str(form.get(f"{part}_{language}", ""))) for language in ("zh", "en"))
            assert chinese == english
            assert chinese <= set(SENTENCES["placeholders"])


def test_every_other_sentence_is_in_both_languages_with_the_same_placeholders() -> None:
    for group, entries in SENTENCES.items():
        if group == "reasons":
            continue
        for code, entry in entries.items():
            assert set(entry) == {"zh", "en"}, (group, code)
            assert placeholders(entry["zh"]) == placeholders(entry["en"]), (group, code)


def test_nobody_is_blamed() -> None:
    spoken = [error_sentences(error_with(reason, **facts)) for reason in EVIDENCE_REASONS for facts in fact_sets(reason)]
    spoken += [sentence(group, code) for group in ("outcome", "advice", "quality", "switched_off") for code in codes(group)]
    for words in spoken:
        assert not any(word in words.zh + words.en.lower() for word in BLAME), words


def test_no_value_is_shown_as_a_percentage() -> None:
    assert re.findall(r"\}\s*[%％]", str(SENTENCES)) == []


def test_the_message_says_which_picture() -> None:
    probe = error_sentences(NoFaceError(file="probe", faces=0))
    assert probe.zh == "现场照中没有检测到人脸。请让客户正对镜头后重新采集。"
    assert probe.en == "No face was found in the live picture. Ask the customer to face the camera and capture again."
    assert error_sentences(NoFaceError(file="reference", faces=0)).zh.startswith("参考照中没有检测到人脸。请重新读取证件")
    assert error_sentences(NoFaceError(faces=0)).zh == "图像中没有检测到人脸。请让客户正对镜头后重新采集。"


def test_a_caller_s_own_role_is_not_repeated_to_people() -> None:
    assert "row" not in error_sentences(NoFaceError(file="row 12", faces=0)).zh


def test_numbers_read_plainly() -> None:
    assert "20 MB" in error_sentences(PictureError("file_too_large", file="probe", max_mb=20.0)).zh


def test_a_suggestion_is_made_where_there_is_one() -> None:
    words = error_sentences(UnknownSettingError(key="pictures.max_mb", origin="site", suggestion="pictures.max_file_mb"))
    assert words.zh == (
        "站点设置文件中有不认识的项目“pictures.max_mb”，程序没有启动。请IT人员核对是否应为“pictures.max_file_mb”，更正后重新启动。"
    )


def test_every_code_of_the_closed_lists_has_words() -> None:
    assert set(codes("outcome")) == {outcome.value for outcome in Outcome}
    assert set(codes("quality")) == {name.value for name in QualityName}
    assert set(codes("photo_kind")) == {kind.value for kind in PhotoKind}
    assert sentence("outcome", "MATCH").zh == "系统判断为同一人"
    assert sentence("outcome", "NON_MATCH").zh == "系统判断为不同人"


def test_advice_that_quality_gives_has_words() -> None:
    path = Path(teller_assist.__file__).parents[1] / "config" / "quality.toml"
    mappings = tomllib.loads(path.read_text(encoding="utf-8"))
    given = {entry["advice"] for entry in mappings.values() if isinstance(entry, dict)}
    assert given <= set(codes("advice"))


def literal_look_ups() -> list[tuple[str, str]]:
    """Every ``sentence("group", "code")`` in the package whose two arguments are written out."""
    found = []
    for path in Path(teller_assist.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "sentence":
                words = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
                if len(words) == 2:
                    found.append((str(words[0]), str(words[1])))
    return found


@pytest.mark.full
def test_every_code_that_the_program_looks_up_exists() -> None:
    for group, code in literal_look_ups():
        assert code in codes(group), (group, code)


def test_a_missing_code_or_fact_is_our_own_fault() -> None:
    with pytest.raises(BugError, match=r"advice\.dance"):
        sentence("advice", "dance")
    with pytest.raises(BugError, match="poetry"):
        sentence("poetry", "dance")
    with pytest.raises(BugError, match="needed"):
        sentence("not_stated", "too_few_comparisons", had="5")


def test_importing_wording_reads_no_file_and_nothing_heavy() -> None:
    script = (
        "import sys, teller_assist.wording as wording\n"
        "from teller_assist.wording import sentences\n"
        "assert sentences._sentences.cache_info().currsize == 0\n"
        "print([name for name in ('cv2', 'numpy', 'PyQt5', 'PIL') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert answer.stdout.strip() == "[]"


def test_a_device_is_told_by_its_word_and_never_by_its_code() -> None:
    told = error_sentences(DeviceBusyError(device="id_card_reader"))
    assert told.zh.startswith("读卡器")
    assert "id_card_reader" not in told.zh + told.en
    assert error_sentences(DeviceBusyError(device="x17")).zh.startswith("设备")


def test_a_teller_who_signs_twice_reads_that_somebody_else_must_sign() -> None:
    told = error_sentences(SessionError(why="second_signature_missing"))
    assert "另一位柜员" in told.zh
    assert told != error_sentences(SessionError(why="nothing_to_decide"))


@pytest.mark.parametrize(
    ("why", "said"), [("access_refused", "重新录入"), ("access_unsupported", "人工核对"), ("sex", "重新读取")]
)
def test_a_chip_that_does_not_open_asks_for_something_else_than_laying_it_down_again(why: str, said: str) -> None:
    assert said in error_sentences(CardUnreadableError(why=why)).zh


@pytest.mark.parametrize("group", ["device", "device_chip", "device_name"])
def test_every_kind_of_device_has_a_word_in_the_chips_the_dialog_and_the_sentences(group: str) -> None:
    assert set(codes(group)) == {*(kind.value for kind in DeviceKind), "branch_server"}
