"""The one tree of exceptions.

    TellerAssistError
      KnownError            something outside the program; carries a reason code and facts without personal data
        UsageError            the caller asked for something that does not exist
        PictureError          a file or its format
        EvidenceError         CardUnreadableError, NoFaceError, SeveralFacesError, QualityTooLowError
        ModelError            ModelMissingError, ModelAlteredError, ModelSourceError
        CalibrationError      CalibrationMissingError, CalibrationMismatchError
        SettingsError         UnknownSettingError, SettingOutOfRangeError, SettingsFileError
        SetError              evaluation sets
        TrainingError         the bank's training pairs
        PhotographsMissingError  of the demonstration
        DeviceError           DeviceMissingError, DeviceBusyError, DeviceTimeoutError, CardRemovedError
        PluginError           PluginNotAuthorisedError, PluginIncompatibleError, PluginFailedError
        GatewayError          to the networked verification: its address, its credential
        SessionError          not possible in this state of the transaction
      HandOffError          the core banking system's requests to the station
        BranchError           BranchUnreachableError, BranchRefusedError, EnrolmentError
        RecordError           ShapeError, EnvelopeError, SignatureError, OutboxError, CaseConflictError, DatabaseError,
                              CaseErasedError, ReviewError, PackError, BackupError
        LoginError, PasswordError, RequestError  at the branch server
        SignOnError           a teller at a station
        SecretsError          where keys are kept
        SuiteError            cryptographic suites
        ResourceError         disk full, machine busy
      BugError              our own invariant broke

Raise the most specific class, catch the family. ``wording`` turns a reason into the sentences a person reads.
A failure is never a value: no 0.0, no None, no empty list.
"""

from __future__ import annotations

from typing import ClassVar

Fact = str | int | float | bool


class TellerAssistError(Exception):
    """Everything this product raises on purpose."""


class BugError(TellerAssistError):
    """Our own invariant broke. The teller is told to verify by hand; the report carries no locals."""


class KnownError(TellerAssistError):
    """Something outside the program went wrong and a person can act on it.

    Parameters
    ----------
    reason
        One of the class's ``reasons``; may be left out where the class has exactly one.
    facts
        What happened in values that may be shown and logged: never a name, number, address or picture.

    Raises
    ------
    BugError
        The reason is not one of this class's.
    """

    reasons: ClassVar[tuple[str, ...]] = ()

    def __init__(self, reason: str | None = None, /, **facts: Fact) -> None:
        if reason is None and len(self.reasons) == 1:
            reason = self.reasons[0]
        if reason not in self.reasons:
            raise BugError(f"{type(self).__name__} does not know the reason {reason!r}")
        super().__init__(reason)
        self.reason: str = reason
        self.facts: dict[str, Fact] = facts

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.reason} ({facts})" if facts else self.reason


class UsageError(KnownError):
    """The caller named something that does not exist."""

    reasons = ("usage",)


class PictureError(KnownError):
    """A picture file cannot be used: absent, not readable, empty, cut off or damaged, too large or small, or not a picture."""

    reasons = (
        "file_missing",
        "file_unreadable",
        "file_empty",
        "file_truncated",
        "file_too_large",
        "file_too_small",
        "format_unsupported",
    )


class EvidenceError(KnownError):
    """The evidence itself cannot carry a comparison."""


class CardUnreadableError(EvidenceError):
    """The reader answers but the card's content cannot be read."""

    reasons = ("card_unreadable",)


class NoFaceError(EvidenceError):
    """The detector found no face."""

    reasons = ("no_face",)


class SeveralFacesError(EvidenceError):
    """Two faces of similar size: nobody can say whose face was meant."""

    reasons = ("several_faces",)


class QualityTooLowError(EvidenceError):
    """A face is there but too small or too poor to measure."""

    reasons = ("quality_too_low",)


class ModelError(KnownError):
    """A model file cannot be used."""


class ModelMissingError(ModelError):
    """The model's file is not on this machine."""

    reasons = ("model_missing",)


class ModelAlteredError(ModelError):
    """The file's hash is not the one in the manifest, or it fails its self-check."""

    reasons = ("model_altered",)


class ModelPackError(ModelError):
    """What was offered as a recognition model cannot be one."""

    reasons = ("model_pack_unusable",)


class ModelSourceError(ModelError):
    """None of the model's sources could deliver it."""

    reasons = ("model_source_failed",)


class CalibrationError(KnownError):
    """A calibration cannot be used."""


class CalibrationMissingError(CalibrationError):
    """There is no calibration for this model, probe kind and reference kind."""

    reasons = ("calibration_missing",)


class CalibrationMismatchError(CalibrationError):
    """The calibration belongs to another model or pipeline, or its file was altered."""

    reasons = ("calibration_mismatch",)


class SettingsError(KnownError):
    """A settings file stops the start."""


class UnknownSettingError(SettingsError):
    """A key that the schema does not list."""

    reasons = ("setting_unknown",)


class SettingOutOfRangeError(SettingsError):
    """A value of the wrong type or outside its range."""

    reasons = ("setting_out_of_range",)


class SettingsFileError(SettingsError):
    """The file cannot be read as TOML, or a file that ships with the product was altered."""

    reasons = ("settings_unreadable", "settings_altered")


class SetError(KnownError):
    """An evaluation set."""

    reasons = ("set_invalid", "set_too_small", "output_folder_taken", "proposal_unknown")


class TrainingError(KnownError):
    """The folder of training pairs cannot be used."""

    reasons = ("training_unusable",)


class PhotographsMissingError(KnownError):
    """The photographs of the demonstration cannot be fetched."""

    reasons = ("photographs_missing",)


class DeviceError(KnownError):
    """A device at the counter."""


class DeviceMissingError(DeviceError):
    """Not plugged in, or its plugin is not available."""

    reasons = ("device_missing",)


class DeviceBusyError(DeviceError):
    """Another program holds it."""

    reasons = ("device_busy",)


class DeviceTimeoutError(DeviceError):
    """It did not answer within its time limit."""

    reasons = ("device_timeout",)


class CardRemovedError(DeviceError):
    """The card was taken away while it was read."""

    reasons = ("card_removed",)


class PluginError(KnownError):
    """A device plugin."""


class PluginNotAuthorisedError(PluginError):
    """Its files are not the ones that were authorised."""

    reasons = ("plugin_not_authorised",)


class PluginIncompatibleError(PluginError):
    """It was written for another version of the product or platform."""

    reasons = ("plugin_incompatible",)


class PluginFailedError(PluginError):
    """Its process failed."""

    reasons = ("plugin_failed",)


class GatewayError(KnownError):
    """The way to the networked verification is set up wrongly; what goes wrong when asking is an answer and no error."""

    reasons = ("gateway_address_unusable", "gateway_credential_unusable")


class SessionError(KnownError):
    """The teller asked for something that the transaction does not allow now."""

    reasons = ("not_now",)


class HandOffError(KnownError):
    """A program on this machine asks the running station for something."""

    reasons = ("station_not_running", "reference_unknown", "reference_invalid")


class BranchError(KnownError):
    """The branch server."""


class BranchUnreachableError(BranchError):
    """No connection, or no answer in time."""

    reasons = ("server_unreachable",)


class BranchRefusedError(BranchError):
    """It answered and refused."""

    reasons = ("server_refused",)


class EnrolmentError(BranchError):
    """A station cannot be enrolled, or is not."""

    reasons = ("enrolment_code_bad", "enrolment_code_expired", "server_not_the_pinned_one", "not_enrolled", "already_enrolled")


class RecordError(KnownError):
    """A document that crosses between station and branch server, or where such documents are kept."""


class ShapeError(RecordError):
    """It has not the shape that its schema promises; the facts name a place and a rule, never a value."""

    reasons = ("shape_invalid",)


class EnvelopeError(RecordError):
    """An envelope was altered, or is sealed to another key."""

    reasons = ("envelope_damaged", "envelope_unreadable")


class SignatureError(RecordError):
    """A request is not signed, or not by a station that may, or not now."""

    reasons = ("signature_missing", "signature_bad", "signature_stale", "signature_replayed", "station_unknown")


class OutboxError(RecordError):
    """The station's own records on disk cannot be read."""

    reasons = ("outbox_damaged", "outbox_in_use")


class CaseConflictError(RecordError):
    """The server holds another content under the same case id or sequence number."""

    reasons = ("case_conflict",)


class DatabaseError(RecordError):
    """The branch server's database."""

    reasons = (
        "database_newer",
        "database_unreadable",
        "database_unreachable",
        "database_unsuitable",
        "database_busy",
        "database_in_use",
        "database_not_empty",
        "case_keys_unreadable",
        "case_key_missing",
        "case_altered",
    )


class BackupError(RecordError):
    """A file that is no backup of ours, or one that is not as it was written."""

    reasons = ("backup_unreadable", "backup_damaged")


class CaseErasedError(RecordError):
    """What is asked for was erased: its time was over, or the person asked for it."""

    reasons = ("case_erased",)


class ReviewError(RecordError):
    """A finding or a signature that cannot be taken now, or not from this person."""

    reasons = ("review_not_now", "review_own_case", "review_twice", "review_changed")


class PackError(RecordError):
    """An evidence pack cannot be made or opened."""

    reasons = (
        "pack_unreadable",
        "pack_passphrase_wrong",
        "pack_damaged",
        "pack_folder_taken",
        "pack_not_encrypted",
        "chinese_font_missing",
    )


class LoginError(KnownError):
    """Somebody cannot log in to the branch server, or may not do what was asked."""

    reasons = (
        "login_bad",
        "login_locked",
        "login_missing",
        "not_permitted",
        "form_expired",
        "password_must_change",
        "first_code_bad",
        "provider_refused",
    )


class SignOnError(KnownError):
    """A teller cannot sign on at a station; where the branch server says so itself, it is a ``LoginError``."""

    reasons = ("sign_on_not_permitted", "offline_sign_on_missing", "offline_sign_on_expired", "clock_set_back")


class PasswordError(KnownError):
    """A new password is none that may be used."""

    reasons = ("password_too_short", "password_too_easy", "password_not_repeated")


class RequestError(KnownError):
    """A request that the branch server does not take."""

    reasons = (
        "not_found",
        "method_not_allowed",
        "body_too_large",
        "too_many_requests",
        "body_malformed",
        "already_acknowledged",
    )


class SecretsError(KnownError):
    """The place where keys are kept cannot be used."""

    reasons = (
        "keyring_refused",
        "keyring_locked",
        "key_missing",
        "key_file_unsafe",
        "server_keys_missing",
        "password_in_address",
    )


class SuiteError(KnownError):
    """A cryptographic suite that this machine has not, or that is not the one of the keys at hand."""

    reasons = ("suite_not_available", "suite_differs")


class ResourceError(KnownError):
    """The machine itself: no space left, too busy to measure, or no screen for a window."""

    reasons = ("disk_full", "machine_busy", "folder_not_writable", "no_display", "address_in_use")


def known_reasons() -> tuple[str, ...]:
    """Return every reason code of the tree, in the order of the classes."""
    found: dict[str, None] = {}
    pending: list[type[KnownError]] = [KnownError]
    while pending:
        family = pending.pop(0)
        found.update(dict.fromkeys(family.reasons))
        pending.extend(family.__subclasses__())
    return tuple(found)
