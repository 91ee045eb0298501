"""Builds the objects and hands them to each other; the only module that knows them all."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from teller_assist.alerts.durable import make_private_folder
from teller_assist.alerts.enrolment import records_folder
from teller_assist.alerts.station_records import StationRecords, open_station_records, station_secrets
from teller_assist.comparison.calibration_shelf import CalibrationShelf
from teller_assist.decision.policy import Policy, read_policy
from teller_assist.devices.packages.start_mark import StartMark
from teller_assist.devices.plugins import PluginShelf
from teller_assist.documents.engine import EngineIdentity
from teller_assist.documents.opening import StationReading, open_reader
from teller_assist.documents.reader import DocumentReader
from teller_assist.errors import DocumentEngineError, KnownError, ModelAlteredError, ModelError, ModelMissingError, ResourceError
from teller_assist.evaluation.simulation_worker import DetectorSetup
from teller_assist.evidence.issuing_banks import FILE as ISSUING_BANKS
from teller_assist.evidence.issuing_banks import IssuingBanks, read_issuing_banks
from teller_assist.evidence.pictures import Picture
from teller_assist.face.detection import FaceDetector
from teller_assist.face.measurement import FaceMeasurer
from teller_assist.model_files.store import ModelState, ModelStore, open_store
from teller_assist.netcheck.opening import open_gateway
from teller_assist.netcheck.provider import NetcheckProvider
from teller_assist.pad.assessment import PadWhy, PassiveAbsent
from teller_assist.pad.limits import read_pad_limits
from teller_assist.pad.passive import open_passive
from teller_assist.pictures.decode import PictureLimits, read_picture
from teller_assist.settings.bank_files import BankFiles
from teller_assist.settings.home import installation_root
from teller_assist.settings.loading import load_settings, site_folder
from teller_assist.settings.logs import Subject, logger_for, set_up_logs
from teller_assist.settings.schema import Settings
from teller_assist.settings.secrets import Secrets
from teller_assist.settings.shipped import read_shipped
from teller_assist.settings.signed_file import read_signed
from teller_assist.wording import Sentences, error_sentences, sentence
from teller_assist.workflow.case_keeper import CaseKeeping, CaseListener
from teller_assist.workflow.case_record import CaseOrigin, ModelIdentity
from teller_assist.workflow.comparing import PictureComparer
from teller_assist.workflow.counter_station import CounterStation
from teller_assist.workflow.equipment import EquipmentSource
from teller_assist.workflow.hand_off import answer_core_system
from teller_assist.workflow.hand_off_channel import HandOffServer
from teller_assist.workflow.instruments import Instruments
from teller_assist.workflow.opening import (
    DETECTOR_ID,
    Recogniser,
    open_detector,
    open_measurer,
    running_features_sha256,
    running_pipeline_sha256,
    running_recogniser,
)
from teller_assist.workflow.site_counter import SiteCounter
from teller_assist.workflow.triangle import Triangle


@dataclass(frozen=True)
class Installation:
    """One installation on this machine; every part is built when it is first asked for."""

    root: Path

    @cached_property
    def settings(self) -> Settings:
        """Every setting in force."""
        read_shipped(self.root, "config/defaults.toml")  # refused when altered: a site's own values stand in the site's file
        return load_settings(self.root, os.environ)

    @cached_property
    def policy(self) -> Policy:
        """The bank's own policy, where one lies signed beside the site's settings; otherwise the one that shipped."""
        own = read_signed(site_folder(os.environ), "policy.toml")
        return read_policy(read_shipped(self.root, "config/policy.toml") if own is None else own)

    @cached_property
    def issuing_banks(self) -> IssuingBanks:
        """Who issued a bank card: by the bank's own file, signed beside the site's settings; otherwise by what shipped."""
        own = read_signed(site_folder(os.environ), ISSUING_BANKS)
        return read_issuing_banks(read_shipped(self.root, f"config/{ISSUING_BANKS}") if own is None else own)

    @cached_property
    def model_store(self) -> ModelStore:
        """The model files."""
        return open_store(self.root)

    @property
    def picture_limits(self) -> PictureLimits:
        """How large a picture from outside may be."""
        return PictureLimits(self.settings.pictures.max_bytes, self.settings.pictures.max_pixels)

    @cached_property
    def features_sha256(self) -> str:
        """What decides the features of a picture on this machine."""
        return running_features_sha256(self.root, self.model_store, self.settings.face)

    @cached_property
    def pipeline_sha256(self) -> str:
        """What decides the score of two pictures on this machine."""
        return running_pipeline_sha256(self.root, self.features_sha256, self.recogniser.model_id)

    @cached_property
    def recogniser(self) -> Recogniser:
        """The recognition model that runs: the one that ships, or the bank's own."""
        return running_recogniser(self.model_store)

    @cached_property
    def detector(self) -> FaceDetector:
        """The face detector."""
        return open_detector(self.model_store, self.settings.face)

    @property
    def detector_setup(self) -> DetectorSetup:
        """What a worker process of an evaluation builds its face detector from."""
        model = self.model_store.read_verified(self.model_store.manifest.entry(DETECTOR_ID))
        face = self.settings.face
        return DetectorSetup(model, side_px=face.detection_side_px, score_min=face.detection_score_min)

    @cached_property
    def measurer(self) -> FaceMeasurer:
        """Everything that is measured on a face."""
        return open_measurer(self.root, self.model_store, self.settings.face)

    @cached_property
    def calibrations(self) -> CalibrationShelf:
        """The calibrations for what runs on this machine."""
        return CalibrationShelf(
            self.root,
            read_shipped,
            model_id=self.recogniser.model_id,
            model_sha256=self.recogniser.sha256,
            pipeline_sha256=self.pipeline_sha256,
            read_bank=self.bank_calibrations.read,
        )

    @property
    def bank_calibrations(self) -> BankFiles:
        """The calibrations that this bank accepted and signed for itself."""
        site = site_folder(os.environ)
        return BankFiles(site / "calibration", trusting=site)

    @cached_property
    def comparer(self) -> PictureComparer:
        """Compares two pictures."""
        return PictureComparer(self.measurer, self.calibrations, self.policy, model_sha256=self.recogniser.sha256)

    @cached_property
    def instruments(self) -> Instruments:
        """What measures and judges at a station; what cannot be had is left out, and a notice says why."""
        notices: list[Sentences] = []
        measurer, triangle = None, None
        try:
            measurer, triangle = self.measurer, Triangle(self.measurer, self.comparer)
        except ModelError as error:
            notices.append(error_sentences(error))
        passive, passive_absent = None, None
        try:
            passive = open_passive(self.model_store)
        except ModelError as error:
            missing = isinstance(error, ModelMissingError)
            passive_absent = PassiveAbsent(PadWhy.PASSIVE_MODEL_MISSING if missing else PadWhy.PASSIVE_MODEL_ALTERED)
            notices.append(sentence("notice", "passive_pad_missing"))
        issuing_banks = None
        try:
            issuing_banks = self.issuing_banks
        except KnownError as error:  # the bank's own file: a card is shown without its issuer
            notices.append(error_sentences(error))
        return Instruments(
            policy=self.policy,
            measurer=measurer,
            triangle=triangle,
            pad_limits=read_pad_limits(read_shipped(self.root, "config/pad.toml")),
            passive=passive,
            passive_absent=passive_absent,
            notices=tuple(notices),
            issuing_banks=issuing_banks,
        )

    @cached_property
    def start_mark(self) -> StartMark:
        """Whether this station's last start finished."""
        return StartMark(records_folder(self.settings.branch.data_folder))

    def plugin_shelf(self, *, leaves_out_installed: bool = False) -> PluginShelf:
        """Return the device plugins of this machine; see ``PluginShelf``."""
        return PluginShelf(self.root, site_folder(os.environ), leaves_out_installed=leaves_out_installed)

    def site_counter(self, *, leaves_out_installed: bool = False) -> SiteCounter:
        """Return what opens this counter's devices, as the site's settings choose their plugins."""
        return SiteCounter(
            self.plugin_shelf(leaves_out_installed=leaves_out_installed),
            self.settings.devices,
            limits=self.picture_limits,
            open_netcheck=self.open_netcheck,
        )

    def open_records(self) -> StationRecords | None:
        """Open this station's records; None where it is not enrolled with a branch server.

        Raises
        ------
        SecretsError, OutboxError, ResourceError
            They are there and cannot be used.
        """
        return open_station_records(self.settings.branch)

    def open_netcheck(self) -> NetcheckProvider | None:
        """Open the bank's gateway to the networked verification; None where none is set up.

        Raises
        ------
        GatewayError, SettingsFileError
            It is set up and cannot be used.
        """
        netcheck = self.settings.netcheck
        if not netcheck.gateway_url:
            return None
        return open_gateway(netcheck, self.root, self.picture_limits, self.netcheck_secrets)

    def netcheck_secrets(self) -> Secrets:
        """Open the place that keeps the gateway's credential.

        Raises
        ------
        SecretsError
            The system's keyring is none that may keep secrets.
        """
        in_file = self.settings.netcheck.credential_place == "file"
        return station_secrets(records_folder(self.settings.branch.data_folder), in_file=in_file)

    def open_station(
        self,
        source: EquipmentSource,
        *,
        records: StationRecords | None = None,
        on_case: CaseListener | None = None,
        kind: type[CounterStation] = CounterStation,
        reads_documents: bool = False,
        notices: tuple[Sentences, ...] = (),
        plugins: PluginShelf | None = None,
    ) -> CounterStation:
        """Open the station behind the window.

        Parameters
        ----------
        records
            Where cases are kept; the station closes them. None: not enrolled, nothing is kept or sent.
        on_case
            Gets every case once it is kept.
        kind
            A station that does something more.
        reads_documents
            Scans are read, by a process that is warmed now and ends with the station.
        notices
            What else the teller is told as long as the station runs.
        plugins
            The plugins as this start uses them; None: all of this machine.
        """
        keeping = None if records is None else CaseKeeping(records, self._case_origin(records), on_case)
        reading, instruments = self._station_reading() if reads_documents else (None, self.instruments)
        instruments = replace(instruments, notices=(*notices, *instruments.notices)) if notices else instruments
        station = kind(instruments, source, self.settings, keeping)
        station.know_plugins(plugins or self.plugin_shelf())
        if reading is not None:
            station.accompany(reading)
        return station

    def _station_reading(self) -> tuple[StationReading | None, Instruments]:
        """Return what reads documents, if it can be had, and the instruments with it, or with the reason why not."""
        try:
            reading = StationReading(self.settings.documents, self.root, self.model_store, datetime.date.today)
        except (DocumentEngineError, ModelError) as error:
            notices = (*self.instruments.notices, sentence("notice", "no_document_reading"), error_sentences(error))
            return None, replace(self.instruments, notices=notices)
        return reading, replace(self.instruments, document_reader=reading.reader, warm_documents=reading.warm)

    @contextmanager
    def opened_document_reader(
        self, today: Callable[[], datetime.date] = datetime.date.today
    ) -> Iterator[tuple[DocumentReader, EngineIdentity]]:
        """Open what reads documents for one command; see ``open_reader``."""
        with open_reader(self.settings.documents, self.root, self.model_store, today, shows_face=self._shows_face) as opened:
            yield opened

    def _shows_face(self, picture: Picture) -> bool:
        try:
            return bool(self.detector.detect(picture))
        except ModelError:  # a person is told as "no document" then, as at a station
            return False

    def listen_for_core_system(self, station: CounterStation) -> None:
        """Let programs of this user on this machine begin transactions, for as long as the station runs.

        Where that cannot be (no port, a folder that cannot be written), the station works without it and the log says so.
        """
        folder = records_folder(self.settings.branch.data_folder)
        try:
            make_private_folder(folder)
            station.accompany(HandOffServer(folder, lambda request: answer_core_system(station, request)))
        except (OSError, ResourceError) as error:
            logger_for(Subject.COMMANDS).warning("the core system is not listened for: %s", type(error).__name__)

    def _case_origin(self, records: StationRecords) -> CaseOrigin:
        store = self.model_store
        models = tuple(ModelIdentity(one.model_id, one.sha256, store.state(one).value) for one in store.manifest.entries)
        with suppress(ModelAlteredError):  # the bank's own cannot be used: a notice says so, and nothing is compared
            if self.recogniser.adopted is not None:
                models = (*models, ModelIdentity(self.recogniser.model_id, self.recogniser.sha256, ModelState.READY.value))
        return CaseOrigin(records.station_id, self.settings.station.counter, models, self.policy)

    def read_picture(self, path: Path, *, role: str) -> Picture:
        """Decode a picture file within the limits of the settings."""
        return read_picture(path, role=role, limits=self.picture_limits)


def open_installation() -> Installation:
    """Return the installation that this program belongs to, its settings checked and its logs set up.

    Raises
    ------
    SettingsError
        A settings file stops the start.
    """
    installation = Installation(installation_root())
    logs = installation.settings.logs
    set_up_logs(logs.level, folder=Path(logs.folder) if logs.folder else None)
    return installation
