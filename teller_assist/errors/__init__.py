"""The one tree of exceptions.

    TellerAssistError
      KnownError            something outside the program; carries a reason code and facts without personal data
        UsageError            the caller asked for something that does not exist
        PictureError          a file or its format
        EvidenceError         CardUnreadableError, ZoneUnreadableError, NoFaceError, SeveralFacesError, QualityTooLowError
        ModelError            ModelMissingError, ModelAlteredError, ModelSourceError
        CalibrationError      CalibrationMissingError, CalibrationMismatchError
        SettingsError         UnknownSettingError, SettingOutOfRangeError, SettingsFileError
        SetError              evaluation sets
        TrainingError         the bank's training pairs
        PhotographsMissingError  of the demonstration
        DocumentEngineError   reading the text of documents
        DeviceError           DeviceMissingError, DeviceBusyError, DeviceTimeoutError, DeviceDeniedError, CardRemovedError,
                              ScanStoppedError
        PluginError           PluginNotAuthorisedError, PluginIncompatibleError, PluginFailedError, PluginPackageError
        SigningError          signatures and trusted keys
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

from teller_assist.errors.branch import (
    BackupError as BackupError,
)
from teller_assist.errors.branch import (
    BranchError as BranchError,
)
from teller_assist.errors.branch import (
    BranchRefusedError as BranchRefusedError,
)
from teller_assist.errors.branch import (
    BranchUnreachableError as BranchUnreachableError,
)
from teller_assist.errors.branch import (
    CaseConflictError as CaseConflictError,
)
from teller_assist.errors.branch import (
    CaseErasedError as CaseErasedError,
)
from teller_assist.errors.branch import (
    DatabaseError as DatabaseError,
)
from teller_assist.errors.branch import (
    EnrolmentError as EnrolmentError,
)
from teller_assist.errors.branch import (
    EnvelopeError as EnvelopeError,
)
from teller_assist.errors.branch import (
    LoginError as LoginError,
)
from teller_assist.errors.branch import (
    OutboxError as OutboxError,
)
from teller_assist.errors.branch import (
    PackError as PackError,
)
from teller_assist.errors.branch import (
    PasswordError as PasswordError,
)
from teller_assist.errors.branch import (
    RecordError as RecordError,
)
from teller_assist.errors.branch import (
    RequestError as RequestError,
)
from teller_assist.errors.branch import (
    ReviewError as ReviewError,
)
from teller_assist.errors.branch import (
    ShapeError as ShapeError,
)
from teller_assist.errors.branch import (
    SignatureError as SignatureError,
)
from teller_assist.errors.branch import (
    SignOnError as SignOnError,
)
from teller_assist.errors.machine import (
    CalibrationError as CalibrationError,
)
from teller_assist.errors.machine import (
    CalibrationMismatchError as CalibrationMismatchError,
)
from teller_assist.errors.machine import (
    CalibrationMissingError as CalibrationMissingError,
)
from teller_assist.errors.machine import (
    CardRemovedError as CardRemovedError,
)
from teller_assist.errors.machine import (
    CardUnreadableError as CardUnreadableError,
)
from teller_assist.errors.machine import (
    DeviceBusyError as DeviceBusyError,
)
from teller_assist.errors.machine import (
    DeviceDeniedError as DeviceDeniedError,
)
from teller_assist.errors.machine import (
    DeviceError as DeviceError,
)
from teller_assist.errors.machine import (
    DeviceMissingError as DeviceMissingError,
)
from teller_assist.errors.machine import (
    DeviceTimeoutError as DeviceTimeoutError,
)
from teller_assist.errors.machine import (
    DocumentEngineError as DocumentEngineError,
)
from teller_assist.errors.machine import (
    EvidenceError as EvidenceError,
)
from teller_assist.errors.machine import (
    GatewayError as GatewayError,
)
from teller_assist.errors.machine import (
    HandOffError as HandOffError,
)
from teller_assist.errors.machine import (
    ModelAlteredError as ModelAlteredError,
)
from teller_assist.errors.machine import (
    ModelError as ModelError,
)
from teller_assist.errors.machine import (
    ModelMissingError as ModelMissingError,
)
from teller_assist.errors.machine import (
    ModelPackError as ModelPackError,
)
from teller_assist.errors.machine import (
    ModelSourceError as ModelSourceError,
)
from teller_assist.errors.machine import (
    NoFaceError as NoFaceError,
)
from teller_assist.errors.machine import (
    PhotographsMissingError as PhotographsMissingError,
)
from teller_assist.errors.machine import (
    PictureError as PictureError,
)
from teller_assist.errors.machine import (
    PluginError as PluginError,
)
from teller_assist.errors.machine import (
    PluginFailedError as PluginFailedError,
)
from teller_assist.errors.machine import (
    PluginIncompatibleError as PluginIncompatibleError,
)
from teller_assist.errors.machine import (
    PluginNotAuthorisedError as PluginNotAuthorisedError,
)
from teller_assist.errors.machine import (
    PluginPackageError as PluginPackageError,
)
from teller_assist.errors.machine import (
    QualityTooLowError as QualityTooLowError,
)
from teller_assist.errors.machine import (
    ResourceError as ResourceError,
)
from teller_assist.errors.machine import (
    ScanStoppedError as ScanStoppedError,
)
from teller_assist.errors.machine import (
    SecretsError as SecretsError,
)
from teller_assist.errors.machine import (
    SessionError as SessionError,
)
from teller_assist.errors.machine import (
    SetError as SetError,
)
from teller_assist.errors.machine import (
    SettingOutOfRangeError as SettingOutOfRangeError,
)
from teller_assist.errors.machine import (
    SettingsError as SettingsError,
)
from teller_assist.errors.machine import (
    SettingsFileError as SettingsFileError,
)
from teller_assist.errors.machine import (
    SeveralFacesError as SeveralFacesError,
)
from teller_assist.errors.machine import (
    SigningError as SigningError,
)
from teller_assist.errors.machine import (
    SuiteError as SuiteError,
)
from teller_assist.errors.machine import (
    TrainingError as TrainingError,
)
from teller_assist.errors.machine import (
    UnknownSettingError as UnknownSettingError,
)
from teller_assist.errors.machine import (
    UsageError as UsageError,
)
from teller_assist.errors.machine import (
    ZoneUnreadableError as ZoneUnreadableError,
)
from teller_assist.errors.tree import (
    BugError as BugError,
)
from teller_assist.errors.tree import (
    Fact as Fact,
)
from teller_assist.errors.tree import (
    KnownError as KnownError,
)
from teller_assist.errors.tree import (
    TellerAssistError as TellerAssistError,
)


def known_reasons() -> tuple[str, ...]:
    """Return every reason code of the tree, in the order of the classes."""
    found: dict[str, None] = {}
    pending: list[type[KnownError]] = [KnownError]
    while pending:
        family = pending.pop(0)
        found.update(dict.fromkeys(family.reasons))
        pending.extend(family.__subclasses__())
    return tuple(found)
