from __future__ import annotations

import json

import pytest

from teller_assist import __version__
from teller_assist.cli import main
from teller_assist.cli.output import CommandGuard, write_document, write_lines, write_progress
from teller_assist.errors import BugError, KnownError, ModelMissingError, NoFaceError, PictureError, UsageError

PERSONAL = "11010519491231002X"  # the standard's own example, nobody's
Capture = pytest.CaptureFixture[str]


def run(error: BaseException | None, *, as_json: bool) -> CommandGuard:
    guard = CommandGuard(as_json=as_json)
    with guard:
        local = PERSONAL  # a local must never be printed
        if error is not None:
            raise error
        assert local
    return guard


def test_a_document_is_one_line_with_schema_and_version_and_readable_chinese(capsys: Capture) -> None:
    write_document("made-up/1", {"zh": "系统", "list": [1, 2.5, {"a": True}]})
    out = capsys.readouterr().out
    assert out.endswith("\n")
    assert out.count("\n") == 1
    assert "系统" in out
    assert json.loads(out) == {
        "schema": "made-up/1",
        "product_version": __version__,
        "zh": "系统",
        "list": [1, 2.5, {"a": True}],
    }


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_is_none_is_never_printed(capsys: Capture, number: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_document("made-up/1", {"value": number})
    assert capsys.readouterr().out == ""


def test_lines_go_to_stdout_and_progress_to_stderr(capsys: Capture) -> None:
    write_lines("一", "二")
    write_progress("3/10")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("一\n二\n", "3/10\n")


def test_without_an_error_nothing_is_printed(capsys: Capture) -> None:
    assert run(None, as_json=True).exit_code == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("error", "exit_code"),
    [
        (NoFaceError(file="probe", faces=0), 3),
        (PictureError("file_empty", file="reference"), 3),
        (ModelMissingError(model="made-up"), 3),
        (UsageError(what="model_id", value="x"), 2),
    ],
)
def test_a_known_error_is_a_document_or_two_chinese_sentences_and_facts(
    capsys: Capture, error: KnownError, exit_code: int
) -> None:
    guard = run(error, as_json=True)
    captured = capsys.readouterr()
    assert (guard.exit_code, captured.err) == (exit_code, "")
    document = json.loads(captured.out)
    assert document["schema"] == "error/1"
    told = document["error"]
    assert set(told) == {"reason", "zh", "en", "facts", "request_id"}
    assert (told["reason"], told["facts"], told["request_id"]) == (error.reason, error.facts, guard.request_id)
    assert run(error, as_json=False).exit_code == exit_code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == f"{told['zh']}\n{error}\n"
    assert all(f"{name}={value}" in captured.err for name, value in error.facts.items()), "what the sentences leave out"
    assert told["zh"].count("。") == 2


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize("error", [RuntimeError(f"bad {PERSONAL}"), BugError(PERSONAL), KeyError(PERSONAL), ValueError()])
def test_our_own_fault_tells_the_place_and_no_value(capsys: Capture, error: Exception, as_json: bool) -> None:
    guard = run(error, as_json=as_json)
    captured = capsys.readouterr()
    assert guard.exit_code == 4
    assert PERSONAL not in captured.out + captured.err
    assert "Traceback" not in captured.err
    assert type(error).__name__ in captured.err
    assert "test_output.py:" in captured.err
    assert "/test_output.py" not in captured.err, "a folder may bear a person's name"
    if as_json:
        document = json.loads(captured.out)
        assert document["schema"] == "error/1"
        assert document["error"]["reason"] == "own_fault"
        assert document["error"]["request_id"] in captured.err
    else:
        assert captured.out == ""


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(2)])
def test_what_ends_the_interpreter_is_not_swallowed(error: BaseException) -> None:
    with pytest.raises(type(error)):
        run(error, as_json=True)


def test_every_request_has_its_own_id() -> None:
    assert CommandGuard(as_json=True).request_id != CommandGuard(as_json=True).request_id


@pytest.mark.parametrize(
    "arguments", [["compare", "--json"], ["--json", "nothing"], ["evaluate", "simulate", "--json", "--seed", "x"]]
)
def test_a_call_that_cannot_be_understood_is_one_document_too(capsys: Capture, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    captured = capsys.readouterr()
    document = json.loads(captured.out)
    assert (caught.value.code, document["schema"], document["error"]["reason"]) == (2, "error/1", "usage")
    assert "usage: teller-assist" in captured.err


def test_without_json_a_usage_error_leaves_stdout_empty(capsys: Capture) -> None:
    with pytest.raises(SystemExit):
        main(["compare"])
    assert capsys.readouterr().out == ""
