from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from teller_assist.errors import ResourceError
from teller_assist.settings.logs import RedactingFormatter, Subject, logger_for, set_up_logs
from teller_assist.settings.personal import Personal

pytestmark = pytest.mark.logs_warnings  # every record here is written on purpose

ID_NUMBER = "11010519491231002X"  # the standard's own example, nobody's
CARD_NUMBER = "6222021234567890128"


@pytest.fixture(autouse=True)
def _restored_logging() -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger("teller_assist")
    before = (list(root.handlers), root.level, ours.level, logging.raiseExceptions)
    yield
    for handler in [handler for handler in root.handlers if handler not in before[0]]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(before[1])
    ours.setLevel(before[2])
    logging.raiseExceptions = before[3]
    logging.captureWarnings(capture=False)


@pytest.fixture
def written() -> io.StringIO:
    stream = io.StringIO()
    set_up_logs("DEBUG", stream=stream)
    return stream


def assert_clean(stream: io.StringIO) -> None:
    text = stream.getvalue()
    assert text
    assert ID_NUMBER not in text
    assert ID_NUMBER[:12] not in text


def test_a_record_has_time_level_and_subject(written: io.StringIO) -> None:
    logger_for(Subject.MEASURE).info("358800 comparisons in %d ms", 58)
    date, time, level, subject, message = written.getvalue().split(" ", 4)
    assert (len(date), len(time), level, subject) == (10, 12, "INFO", "teller_assist.measure:")
    assert message == "358800 comparisons in 58 ms\n"


def test_an_id_number_is_hidden_in_message_and_arguments(written: io.StringIO) -> None:
    logger = logger_for(Subject.DEVICES)
    logger.warning(f"read {ID_NUMBER}")
    logger.warning("read %s", ID_NUMBER)
    logger.warning("read %(number)s", {"number": ID_NUMBER})
    logger.warning("read %r", [ID_NUMBER, {"number": ID_NUMBER}])
    logger.warning("read %d", 110105194912310021)
    logger.warning(f"{ID_NUMBER} %s", CARD_NUMBER)
    assert_clean(written)
    assert CARD_NUMBER not in written.getvalue()


def test_an_id_number_is_hidden_in_exceptions_and_their_causes(written: io.StringIO) -> None:
    number = ID_NUMBER
    try:
        try:
            raise ValueError(f"driver says {number}")
        except ValueError as error:
            error.add_note(f"noted {number}")
            raise RuntimeError(number) from error
    except RuntimeError:
        logger_for(Subject.DEVICES).exception("reading failed")
    assert_clean(written)
    assert "RuntimeError: ***" in written.getvalue()


def test_an_id_number_is_hidden_in_the_stack(written: io.StringIO) -> None:
    eval(f"logger.warning('here', stack_info=True) or '{ID_NUMBER}'", {"logger": logger_for(Subject.BRANCH)})  # noqa: S307
    record = logging.LogRecord("teller_assist.branch", logging.WARNING, "x.py", 1, "m", None, None, sinfo=f"Stack: {ID_NUMBER}")
    logging.getLogger("teller_assist.branch").handle(record)
    assert_clean(written)


def test_a_second_handler_does_not_get_the_exception_in_the_clear(written: io.StringIO) -> None:
    other = io.StringIO()
    handler = logging.StreamHandler(other)
    handler.setFormatter(RedactingFormatter())
    logging.getLogger().addHandler(handler)
    try:
        raise ValueError(ID_NUMBER)
    except ValueError:
        logger_for(Subject.MODELS).exception("failed")
    assert_clean(written)
    assert_clean(other)


def test_a_record_that_does_not_fit_its_form_shows_no_arguments(written: io.StringIO, capsys: pytest.CaptureFixture[str]) -> None:
    logger_for(Subject.DEVICES).warning("two %s %s", ID_NUMBER)
    logger_for(Subject.DEVICES).warning("a number %d", ID_NUMBER)
    assert_clean(written)
    assert ID_NUMBER not in "".join(capsys.readouterr())
    assert "does not fit" in written.getvalue()


def test_other_packages_and_warnings_pass_the_same_formatter(written: io.StringIO) -> None:
    logging.getLogger("urllib3.connectionpool").warning("retry /netcheck?number=%s", ID_NUMBER)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=False)
        logging.captureWarnings(capture=True)
        warnings.warn(f"odd number {ID_NUMBER}", UserWarning, stacklevel=1)
        logging.captureWarnings(capture=False)
    assert_clean(written)
    assert "odd number" in written.getvalue()


def test_personal_values_never_print(written: io.StringIO) -> None:
    logger_for(Subject.DEVICES).warning("card of %s %r", Personal("张三"), [Personal("张三")])
    assert "张三" not in written.getvalue()
    assert "card of *** [***]" in written.getvalue()


def test_only_our_loggers_go_below_warning(written: io.StringIO) -> None:
    logger_for(Subject.DECISION).debug("ours")
    logging.getLogger("PIL.PngImagePlugin").debug("theirs")
    assert "ours" in written.getvalue()
    assert "theirs" not in written.getvalue()


def test_setting_up_again_writes_each_record_once(tmp_path: Path) -> None:
    stream = io.StringIO()
    set_up_logs("DEBUG", stream=io.StringIO())
    set_up_logs("INFO", folder=tmp_path / "logs", stream=stream)
    logger_for(Subject.MODELS).info("fetched %s", ID_NUMBER)
    logger_for(Subject.MODELS).debug("not at this level")
    for text in (stream.getvalue(), (tmp_path / "logs" / "teller-assist.log").read_text(encoding="utf-8")):
        assert text.count("fetched ***") == 1
        assert "not at this level" not in text


def test_a_log_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ResourceError) as caught:
        set_up_logs("INFO", folder=tmp_path / "file" / "logs", stream=io.StringIO())
    assert caught.value.reason == "folder_not_writable"
