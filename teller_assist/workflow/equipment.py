"""What stands at one counter, as the session sees it: devices, the networked verification and the register of relatives."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from teller_assist.decision.kinship import KinshipRegister
from teller_assist.devices.kinds import DeviceKind, DeviceState
from teller_assist.errors import KnownError
from teller_assist.evidence.bank_card import BankCard
from teller_assist.evidence.frames import CameraFrame
from teller_assist.evidence.identity import IdentityCard
from teller_assist.evidence.pictures import Picture, Pixels
from teller_assist.evidence.transaction import BusinessKind
from teller_assist.evidence.travel_document import ChipAccess, TravelDocument
from teller_assist.netcheck.provider import NetcheckProvider
from teller_assist.settings.plugin_choice import PluginChoice
from teller_assist.wording import Sentences
from teller_assist.workflow.view import SimulatedView


class Device(Protocol):
    """Whatever stands at a counter."""

    @property
    def plugin_id(self) -> str:
        """The plugin that drives it."""

    @property
    def problem(self) -> KnownError | None:
        """Why it is not ready; None where it is, or nothing is known yet."""

    def close(self) -> None:
        """Let it go."""


class Camera(Device, Protocol):
    """A counter camera; ``devices.camera`` drives one."""

    def next_frame(self, timeout_s: float) -> CameraFrame:
        """Return the next new frame, or raise a DeviceError or PluginError."""


class CardReader(Device, Protocol):
    """An ID card reader; ``devices.id_card_reader`` drives one."""

    def wait_for_card(self, cancel: threading.Event) -> None:
        """Return once a card lies on it, or when cancelled."""

    def read(self, cancel: threading.Event) -> IdentityCard:
        """Read the card, or raise a DeviceError, PluginError or CardUnreadableError."""


class TravelDocumentReader(Device, Protocol):
    """A reader of passports and travel permits; ``devices.travel_document_reader`` drives one."""

    def wait_for_card(self, cancel: threading.Event) -> None:
        """Return once a document lies on it, or when cancelled."""

    def read(self, cancel: threading.Event, access: ChipAccess) -> TravelDocument:
        """Read its chip, or raise a DeviceError, PluginError or CardUnreadableError ("access_refused": it does not open)."""


class BankCardReader(Device, Protocol):
    """A reader of bank cards; ``devices.bank_card_reader`` drives one."""

    def wait_for_card(self, cancel: threading.Event) -> None:
        """Return once a card stands in it, or when cancelled."""

    def read(self, cancel: threading.Event) -> BankCard:
        """Read the card, or raise a DeviceError, PluginError or CardUnreadableError."""


class Scanner(Device, Protocol):
    """A document scanner; ``devices.document_scanner`` drives one."""

    @property
    def previews(self) -> bool:
        """Whether it delivers previews."""

    def scan(self, cancel: threading.Event) -> Picture:
        """Scan one page."""

    def preview_frame(self, cancel: threading.Event) -> Pixels:
        """Return what lies under it now, or raise a DeviceError or PluginError."""


SESSION_DEVICES = (DeviceKind.CAMERA, DeviceKind.ID_CARD_READER, DeviceKind.DOCUMENT_SCANNER)
# Not every counter has them: one that the site chose no plugin for is not shown as missing.
FURTHER_DEVICES = (DeviceKind.TRAVEL_DOCUMENT_READER, DeviceKind.BANK_CARD_READER)

StateListener = Callable[[DeviceKind, DeviceState], None]


@dataclass(frozen=True, eq=False)
class CounterEquipment:
    """One counter's equipment; what is absent is None and its reason stands in ``absent``.

    Attributes
    ----------
    absent
        Why a device is not there, for its chip.
    netcheck_problem
        Why nobody can be asked although a gateway is set up.
    business_kind
        What the next customer comes for; None: the teller chooses.
    chosen
        What drives each kind of device here, there or not, for its self-test; a kind without a plugin is left out.
    """

    camera: Camera | None = None
    reader: CardReader | None = None
    scanner: Scanner | None = None
    netcheck: NetcheckProvider | None = None
    netcheck_problem: Sentences | None = None
    register: KinshipRegister | None = None
    absent: Mapping[DeviceKind, Sentences] = field(default_factory=dict)
    simulated: SimulatedView | None = None
    business_kind: BusinessKind | None = None
    chosen: Mapping[DeviceKind, PluginChoice] = field(default_factory=dict)
    travel_document_reader: TravelDocumentReader | None = None
    bank_card_reader: BankCardReader | None = None

    def devices(self) -> dict[DeviceKind, Device]:
        """Return what is there."""
        there = (self.camera, self.reader, self.scanner, self.travel_document_reader, self.bank_card_reader)
        listed = dict(zip((*SESSION_DEVICES, *FURTHER_DEVICES), there, strict=True))
        return {kind: device for kind, device in listed.items() if device is not None}

    def close(self) -> None:
        """Let every device go, and the authority."""
        for device in self.devices().values():
            device.close()
        if self.netcheck is not None:
            self.netcheck.close()


def devices_of(equipment: CounterEquipment | None) -> tuple[DeviceKind, ...]:
    """Return the kinds of device that this counter has or should have, in the order in which they are shown."""
    if equipment is None:
        return SESSION_DEVICES
    known = {*equipment.devices(), *equipment.absent}
    return (*SESSION_DEVICES, *(kind for kind in FURTHER_DEVICES if kind in known))


class EquipmentSource(Protocol):
    """Whoever sets up a counter."""

    def open(self, on_state: StateListener, /) -> CounterEquipment:
        """Open the equipment, a simulated counter's with its next customer; called on a worker thread."""
