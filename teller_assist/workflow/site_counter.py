"""The counter as the site set it up: the plugin of each device, and the bank's gateway; what cannot be had says why."""

from __future__ import annotations

from collections.abc import Callable

from teller_assist.devices.bank_card_reader import BankCardReaderDevice
from teller_assist.devices.camera import CameraDevice
from teller_assist.devices.chosen import open_chosen
from teller_assist.devices.document_scanner import DocumentScannerDevice
from teller_assist.devices.id_card_reader import IdCardReaderDevice
from teller_assist.devices.kinds import DeviceKind
from teller_assist.devices.opening import Device
from teller_assist.devices.plugins import PluginShelf
from teller_assist.devices.travel_document_reader import TravelDocumentReaderDevice
from teller_assist.errors import KnownError
from teller_assist.netcheck.provider import NetcheckProvider
from teller_assist.pictures.decode import PictureLimits
from teller_assist.settings.logs import Subject, logger_for
from teller_assist.settings.schema import DevicesSettings
from teller_assist.wording import Sentences, error_sentences
from teller_assist.workflow.equipment import CounterEquipment, StateListener

_logger = logger_for(Subject.DEVICES)


class SiteCounter:
    """Opens what the site's settings choose. Each part that cannot be had is left out with its reason; the others work.

    Parameters
    ----------
    shelf
        The plugins of this machine, those that ship and those that the bank installed.
    settings
        Which plugin drives which device, and what it is told.
    open_netcheck
        Opens the bank's gateway; None from it: no gateway is set up.
    """

    def __init__(
        self,
        shelf: PluginShelf,
        settings: DevicesSettings,
        *,
        limits: PictureLimits,
        open_netcheck: Callable[[], NetcheckProvider | None] = lambda: None,
    ) -> None:
        self._shelf = shelf
        self._settings = settings
        self._limits = limits
        self._open_netcheck = open_netcheck

    def open(self, on_state: StateListener) -> CounterEquipment:
        """See ``EquipmentSource``."""
        absent: dict[DeviceKind, Sentences] = {}
        netcheck, netcheck_problem = None, None
        try:
            netcheck = self._open_netcheck()
        except KnownError as error:  # set up and not usable: the counter opens without, and says why
            netcheck_problem = error_sentences(error)
        return CounterEquipment(
            camera=self._opened(CameraDevice, on_state, absent),
            reader=self._opened(IdCardReaderDevice, on_state, absent),
            scanner=self._opened(DocumentScannerDevice, on_state, absent),
            travel_document_reader=self._opened_if_chosen(TravelDocumentReaderDevice, on_state, absent),
            bank_card_reader=self._opened_if_chosen(BankCardReaderDevice, on_state, absent),
            netcheck=netcheck,
            netcheck_problem=netcheck_problem,
            absent=absent,
            chosen={DeviceKind(kind): choice for kind, choice in self._settings.choices.items() if choice.plugin},
        )

    def _opened_if_chosen(
        self, device: type[Device], on_state: StateListener, absent: dict[DeviceKind, Sentences]
    ) -> Device | None:
        """Open a device that not every counter has: where the site says nothing of it, nothing is missing."""
        made = self._settings.choices[device.kind.value].is_made
        return self._opened(device, on_state, absent) if made else None

    def _opened(self, device: type[Device], on_state: StateListener, absent: dict[DeviceKind, Sentences]) -> Device | None:
        choice = self._settings.choices[device.kind.value]
        try:
            return open_chosen(
                self._shelf, device, choice, devices_settings=self._settings, limits=self._limits, on_state=on_state
            )
        except KnownError as error:
            absent[device.kind] = error_sentences(error)
            if choice.is_made:
                _logger.warning("%s is not available: %s", device.kind, error)
            return None
