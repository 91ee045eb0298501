"""Files, models, settings, devices, keys: what goes wrong on one machine."""

from __future__ import annotations

from teller_assist.errors.tree import KnownError


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


class ZoneUnreadableError(EvidenceError):
    """A machine-readable zone, or what was typed of it, is none: length, characters, a date or a check digit."""

    reasons = ("zone_unreadable",)


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


class DocumentEngineError(KnownError):
    """What reads the text of documents, in a process of its own."""

    reasons = ("document_engine_missing", "document_engine_failed", "document_engine_timeout")


class DeviceError(KnownError):
    """A device at the counter."""


class DeviceMissingError(DeviceError):
    """Not plugged in, or its plugin is not available."""

    reasons = ("device_missing",)


class DeviceBusyError(DeviceError):
    """Another program holds it.

    Facts
    -----
    user
        The login name of who holds it, for the person at the counter; it stands in no log.
    """

    reasons = ("device_busy",)

    def __str__(self) -> str:
        told = {name: value for name, value in self.facts.items() if name != "user"}
        return super().__str__() if told == self.facts else str(type(self)(self.reason, **told))


class DeviceTimeoutError(DeviceError):
    """It did not answer within its time limit."""

    reasons = ("device_timeout",)


class CardRemovedError(DeviceError):
    """The card was taken away while it was read."""

    reasons = ("card_removed",)


class ScanStoppedError(DeviceError):
    """The scanner stopped, and a hand at it puts that right."""

    reasons = ("paper_jam", "cover_open", "no_page", "scan_cancelled")


class DeviceDeniedError(DeviceError):
    """It is there, and the system does not let this user use it."""

    reasons = ("device_denied",)


class PluginError(KnownError):
    """A device plugin."""


class PluginNotAuthorisedError(PluginError):
    """Its files are not the ones that were authorised."""

    reasons = ("plugin_not_authorised",)


class PluginIncompatibleError(PluginError):
    """It was written for another version of the product or platform, or its manifest is wrong."""

    reasons = ("plugin_incompatible",)


class PluginFailedError(PluginError):
    """Its process failed."""

    reasons = ("plugin_failed",)


class PluginPackageError(PluginError):
    """What IT asks of a plugin's package or its installation cannot be done."""

    reasons = (
        "package_missing",
        "plugin_not_installed",
        "no_previous_version",
        "plugin_ships",
        "plugin_output_taken",
        "plugin_store_in_use",
    )


class SigningError(KnownError):
    """Signatures under what a bank or a vendor adds, and the keys for them."""

    reasons = ("signature_not_trusted", "trusted_keys_unusable", "signing_key_unusable")


class GatewayError(KnownError):
    """The way to the networked verification is set up wrongly; what goes wrong when asking is an answer and no error."""

    reasons = ("gateway_address_unusable", "gateway_credential_unusable")


class SessionError(KnownError):
    """The teller asked for something that the transaction does not allow now."""

    reasons = ("not_now",)


class HandOffError(KnownError):
    """A program on this machine asks the running station for something."""

    reasons = ("station_not_running", "reference_unknown", "reference_invalid")


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
