from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from teller_assist.cli import main
from teller_assist.cli.policy import DIMENSIONS
from teller_assist.decision.judgement import FaceFinding, Kinship
from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.evidence.presentation import PadState
from teller_assist.settings.home import installation_root
from teller_assist.settings.signing import TRUSTED_KEYS_NAME, Purpose, make_signing_key, trusted_key_entry

SHIPPED = installation_root() / "config" / "policy.toml"


def told(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    assert main(["policy", *arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def explained(capsys: pytest.CaptureFixture[str], netcheck: str, face: str, kinship: str, pad: str) -> Any:
    return told(capsys, "explain", "--netcheck", netcheck, "--face", face, "--kinship", kinship, "--pad", pad)


def test_the_policy_in_force_is_whole_and_its_combinations_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    document = told(capsys, "check")
    assert document["schema"] == "policy-check/1"
    assert document["combinations"] == 480 == sum(document["first_steps"].values())


def test_a_bank_checks_its_own_file_before_it_is_used(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    shipped, rule = SHIPPED.read_text(encoding="utf-8"), 'netcheck = ["NAME_MISMATCH", "NOT_FOUND"]\n'
    assert rule in shipped
    own.write_text(shipped.replace(rule, 'netcheck = ["NAME_MISMATCH"]\n'), encoding="utf-8")
    error = told(capsys, "check", "--file", str(own), code=3)["error"]
    assert (error["reason"], error["facts"]["key"]) == ("setting_out_of_range", "rules")
    assert error["facts"]["why"] == "missing"
    assert error["facts"]["combination"].startswith("NOT_FOUND")
    assert told(capsys, "check", "--file", str(tmp_path / "absent.toml"), code=3)["error"]["reason"] == "settings_unreadable"


def test_a_bank_s_own_policy_counts_once_it_is_signed_with_a_key_that_is_trusted(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "site.toml").touch()
    monkeypatch.setenv("TELLER_ASSIST_SITE_SETTINGS", str(tmp_path / "site.toml"))
    author = told(capsys, "check")["author"]
    own = tmp_path / "policy.toml"
    own.write_text(SHIPPED.read_text(encoding="utf-8").replace(f'author = "{author}"', 'author = "示例银行"'), encoding="utf-8")
    assert told(capsys, "check", code=3)["error"]["reason"] == "signature_not_trusted"
    public_key = make_signing_key(tmp_path / "bank.key")
    assert told(capsys, "sign", str(own), "--key", str(tmp_path / "bank.key"))["signature"] == "policy.toml.signature.json"
    assert told(capsys, "check", code=3)["error"]["facts"]["why"] == "unknown_key"
    entry = trusted_key_entry("示例银行", public_key, frozenset({Purpose.BANK_FILE}))
    (tmp_path / TRUSTED_KEYS_NAME).write_text('schema = "trusted_keys/1"\n' + entry, encoding="utf-8")
    assert told(capsys, "check")["author"] == "示例银行"
    own.write_text(own.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert told(capsys, "check", code=3)["error"]["facts"]["why"] == "bad_signature"


def test_a_policy_that_is_not_whole_is_not_signed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text("rules = []", encoding="utf-8")
    make_signing_key(tmp_path / "bank.key")
    told(capsys, "sign", str(tmp_path / "own.toml"), "--key", str(tmp_path / "bank.key"), code=3)
    assert not (tmp_path / "own.toml.signature.json").exists()


def test_a_combination_is_explained_by_its_one_rule(capsys: pytest.CaptureFixture[str]) -> None:
    document = explained(capsys, "CARD_LOST", "match", "no", "bona_fide")
    assert (document["rule"], document["next_steps"]) == ("card_reported", ["refuse_card"])
    assert document["alerts"] == {"netcheck_result": "stop"}


@pytest.mark.parametrize(
    ("combination", "otherwise"),
    [
        (
            ("MATCH_PHOTO_SAME", "match", "no", "bona_fide"),
            {
                "printed_differs": "manager_review",
                "travel_document_failed": "manager_review",
                "document_problem": "auxiliary_document",
                "second_identity": "challenge_questions",
                "challenge_all_right": "proceed",
                "challenge_some_wrong": "manager_review",
                "teller_disagrees": "auxiliary_document",
                "imported_picture": "dual_signature",
                "holder_must_come": "manager_review",
            },
        ),
        (
            ("MATCH_PHOTO_SAME", "match", "yes", "bona_fide"),
            {
                "printed_differs": "manager_review",
                "travel_document_failed": "manager_review",
                "document_problem": "auxiliary_document",
                "challenge_all_right": "proceed",
                "challenge_some_wrong": "manager_review",
                "teller_disagrees": "auxiliary_document",
                "imported_picture": "dual_signature",
                "holder_must_come": "manager_review",
            },
        ),
        (
            ("SERVICE_DOWN", "match", "no", "bona_fide"),
            {
                "printed_differs": "manager_review",
                "travel_document_failed": "manager_review",
                "document_problem": "auxiliary_document",
                "challenge_all_right": "dual_signature",
                "challenge_some_wrong": "manager_review",
                "holder_must_come": "manager_review",
            },
        ),
        (
            ("NOT_ASKED", "match", "unknown", "bona_fide"),
            {
                "printed_differs": "manager_review",
                "travel_document_failed": "manager_review",
                "travel_document": "verify_by_hand",
                "document_problem": "auxiliary_document",
                "challenge_all_right": "dual_signature",
                "challenge_some_wrong": "manager_review",
                "holder_must_come": "manager_review",
            },
        ),
        (("CARD_LOST", "match", "no", "bona_fide"), {}),
        (("MATCH_PHOTO_SAME", "match", "no", "attack"), {}),
    ],
)
def test_what_else_the_step_may_become_is_told(
    capsys: pytest.CaptureFixture[str], combination: tuple[str, str, str, str], otherwise: dict[str, str]
) -> None:
    assert explained(capsys, *combination)["otherwise"] == otherwise


def test_steps_after_further_captures_are_told_in_their_order(capsys: pytest.CaptureFixture[str]) -> None:
    document = explained(capsys, "MATCH_PHOTO_SAME", "cannot_tell", "no", "bona_fide")
    assert document["next_steps"][0] == "retake"
    assert len(document["next_steps"]) > 1
    assert "proceed" not in document["next_steps"]


def test_documents_only_counts_as_a_detector_that_is_not_available(capsys: pytest.CaptureFixture[str]) -> None:
    assert explained(capsys, "NOT_ASKED", "not_done", "unknown", "not_applicable")["combination"]["pad"] == "not_available"


def test_a_code_that_does_not_exist_is_refused_with_those_that_do(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["policy", "explain", "--netcheck", "MAYBE", "--face", "match", "--kinship", "no", "--pad", "bona_fide", "--json"])
    said = capsys.readouterr()
    assert (ended.value.code, json.loads(said.out)["error"]["reason"]) == (2, "usage")
    assert "NAME_MISMATCH" in said.err


def test_the_codes_that_are_offered_are_those_of_the_matrix() -> None:
    enumerations: tuple[type[StrEnum], ...] = (NetcheckCode, FaceFinding, Kinship, PadState)
    assert list(DIMENSIONS.values()) == [tuple(code.value for code in one) for one in enumerations]


def test_people_read_it_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "check"]) == 0
    assert "480种情形" in capsys.readouterr().out
    assert (
        main(["policy", "explain", "--netcheck", "NAME_MISMATCH", "--face", "match", "--kinship", "no", "--pad", "bona_fide"])
        == 0
    )
    assert "生僻字" in capsys.readouterr().out
