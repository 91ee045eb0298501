from __future__ import annotations

import pickle
import re
from collections import Counter
from collections.abc import Iterator

import pytest

from teller_assist import errors
from teller_assist.errors import (
    BugError,
    KnownError,
    NoFaceError,
    PictureError,
    TellerAssistError,
    known_reasons,
)

# The contract's list; a caller's script may depend on each.
PROMISED = [
    "file_missing",
    "file_empty",
    "file_truncated",
    "file_too_large",
    "format_unsupported",
    "no_face",
    "several_faces",
    "quality_too_low",
    "model_missing",
    "model_altered",
    "calibration_missing",
    "calibration_mismatch",
    "setting_unknown",
    "setting_out_of_range",
    "server_unreachable",
    "server_refused",
    "disk_full",
    "device_missing",
    "device_busy",
    "device_timeout",
    "card_removed",
    "device_denied",
    "paper_jam",
    "cover_open",
    "no_page",
    "scan_cancelled",
    "plugin_not_authorised",
    "plugin_incompatible",
    "plugin_failed",
    "card_unreadable",
    "set_invalid",
    "set_too_small",
    "machine_busy",
]
FAMILIES = {
    "DeviceError": {
        "DeviceMissingError",
        "DeviceBusyError",
        "DeviceTimeoutError",
        "DeviceDeniedError",
        "CardRemovedError",
        "ScanStoppedError",
    },
    "PluginError": {"PluginNotAuthorisedError", "PluginIncompatibleError", "PluginFailedError", "PluginPackageError"},
    "EvidenceError": {"CardUnreadableError", "ZoneUnreadableError", "NoFaceError", "SeveralFacesError", "QualityTooLowError"},
    "BranchError": {"BranchUnreachableError", "BranchRefusedError", "EnrolmentError"},
    "RecordError": {
        "ShapeError",
        "EnvelopeError",
        "SignatureError",
        "OutboxError",
        "CaseConflictError",
        "DatabaseError",
        "CaseErasedError",
        "ReviewError",
        "PackError",
        "BackupError",
    },
}


def known_classes() -> Iterator[type[KnownError]]:
    pending: list[type[KnownError]] = [KnownError]
    while pending:
        family = pending.pop()
        yield family
        pending.extend(family.__subclasses__())


def test_every_promised_reason_exists() -> None:
    assert set(PROMISED) <= set(known_reasons())


def test_a_reason_belongs_to_one_class() -> None:
    counts = Counter(reason for family in known_classes() for reason in vars(family).get("reasons", ()))
    assert [reason for reason, count in counts.items() if count > 1] == []
    assert set(counts) == set(known_reasons())


def test_reasons_are_plain_codes() -> None:
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", reason) for reason in known_reasons())


def test_every_exception_hangs_in_the_one_tree() -> None:
    classes = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, BaseException)]
    for one in classes:
        assert issubclass(one, TellerAssistError)
        assert one in {TellerAssistError, BugError} or issubclass(one, KnownError)
    assert not issubclass(BugError, KnownError)


@pytest.mark.parametrize("family", FAMILIES)
def test_families_hold_their_members(family: str) -> None:
    base: type[KnownError] = vars(errors)[family]
    assert {one.__name__ for one in base.__subclasses__()} == FAMILIES[family]


def test_a_class_with_one_reason_needs_no_naming() -> None:
    error = NoFaceError(file="probe", faces=0)
    assert (error.reason, error.facts) == ("no_face", {"file": "probe", "faces": 0})
    assert str(error) == "no_face (file=probe, faces=0)"


def test_a_class_with_several_reasons_asks_for_one() -> None:
    assert str(PictureError("file_empty")) == "file_empty"
    with pytest.raises(BugError):
        PictureError(file="probe")


def test_a_foreign_reason_is_our_own_fault() -> None:
    for reason in ("no_face", "", "file_lost"):
        with pytest.raises(BugError):
            PictureError(reason)


def test_reasons_that_facts_could_clash_with() -> None:
    assert PictureError("file_empty", reason="a fact of that name").facts == {"reason": "a fact of that name"}


def test_errors_cross_a_process_border_with_their_facts() -> None:
    for error in (PictureError("file_too_large", file="probe", max_mb=20.0), NoFaceError(file="reference", faces=0)):
        again = pickle.loads(pickle.dumps(error))  # noqa: S301
        assert (type(again), again.reason, again.facts) == (type(error), error.reason, error.facts)
