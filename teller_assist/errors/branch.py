"""Between station and branch server, and in the server's records."""

from __future__ import annotations

from teller_assist.errors.tree import KnownError


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
