"""A counter with made-up customers: real plugin processes, footage for a camera, a register for the authority."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from teller_assist.decision.kinship import NumberRegister
from teller_assist.demonstration.customers import SimulatedCustomer, netcheck_register
from teller_assist.devices.authority import ShippedAuthority
from teller_assist.devices.bank_card_reader import BankCardReaderDevice
from teller_assist.devices.camera import CameraDevice
from teller_assist.devices.document_scanner import DocumentScannerDevice
from teller_assist.devices.id_card_reader import IdCardReaderDevice
from teller_assist.devices.opening import Device, open_device
from teller_assist.devices.travel_document_reader import TravelDocumentReaderDevice
from teller_assist.netcheck.provider import NetcheckProvider
from teller_assist.netcheck.simulated import SimulatedProvider
from teller_assist.pictures.decode import PictureLimits
from teller_assist.settings.plugin_choice import PluginChoice
from teller_assist.settings.schema import DevicesSettings
from teller_assist.wording import sentence
from teller_assist.workflow.equipment import FURTHER_DEVICES, SESSION_DEVICES, CounterEquipment, StateListener
from teller_assist.workflow.view import SimulatedView

PLUGIN_ID = "simulated_counter"


class SimulatedCounter:
    """Sets the counter up for one made-up customer after the other, beginning anew after the last.

    Parameters
    ----------
    customers
        Returns them; called once, on the worker that opens the equipment, because they may have to be made first.
    netcheck_delay_s
        How long the simulated authority takes to answer, where it answers in this process.
    open_netcheck
        Opens the way to another authority for each customer, as the netcheck sandbox is one; None: it answers in this process.
    plugin_settings
        Further settings of the simulated devices, before each customer's own.
    """

    def __init__(
        self,
        root: Path,
        customers: Callable[[], tuple[SimulatedCustomer, ...]],
        *,
        devices_settings: DevicesSettings,
        limits: PictureLimits,
        netcheck_delay_s: float = 0.3,
        open_netcheck: Callable[[], NetcheckProvider] | None = None,
        plugin_settings: Mapping[str, Any] | None = None,
    ) -> None:
        self._root = root
        self._make_customers = customers
        self._devices_settings = devices_settings
        self._limits = limits
        self._netcheck_delay_s = netcheck_delay_s
        self._open_netcheck = open_netcheck or self._simulated_authority
        self._plugin_settings = dict(plugin_settings or {})
        self._lock = threading.Lock()
        self._customers: tuple[SimulatedCustomer, ...] = ()
        self._served = 0

    def open(self, on_state: StateListener) -> CounterEquipment:
        """Open the devices for the next customer; see ``EquipmentSource``.

        Raises
        ------
        KnownError
            The customers cannot be had, a picture of theirs is none, or the plugin is refused; no device is left open.
        """
        with self._lock:
            if not self._customers:
                self._customers = self._make_customers()
            customer = self._customers[self._served % len(self._customers)]
            self._served += 1
        settings = {**self._plugin_settings, **customer.plugin_settings}
        with contextlib.ExitStack() as undo:
            camera = self._open(CameraDevice, settings, on_state, undo)
            reader = self._open(IdCardReaderDevice, settings, on_state, undo)
            scanner = self._open(DocumentScannerDevice, settings, on_state, undo)
            travel_document_reader = self._open(TravelDocumentReaderDevice, settings, on_state, undo)
            bank_card_reader = self._open(BankCardReaderDevice, settings, on_state, undo)
            netcheck = self._open_netcheck()
            undo.pop_all()
        return CounterEquipment(
            camera=camera,
            reader=reader,
            scanner=scanner,
            travel_document_reader=travel_document_reader,
            bank_card_reader=bank_card_reader,
            netcheck=netcheck,
            register=NumberRegister(number for one in self._customers for number in one.relatives),
            simulated=SimulatedView(customer.number, len(self._customers), sentence("simulated_material", customer.material)),
            business_kind=customer.business_kind,
            chosen=dict.fromkeys((*SESSION_DEVICES, *FURTHER_DEVICES), PluginChoice(PLUGIN_ID, settings)),
        )

    def _simulated_authority(self) -> NetcheckProvider:
        return SimulatedProvider(netcheck_register(self._customers, self._limits), delay_s=self._netcheck_delay_s)

    def _open(
        self, device: type[Device], settings: Mapping[str, Any], on_state: StateListener, undo: contextlib.ExitStack
    ) -> Device:
        opened = open_device(
            self._root,
            PLUGIN_ID,
            device,
            settings,
            devices_settings=self._devices_settings,
            authority=ShippedAuthority(),
            limits=self._limits,
            on_state=on_state,
        )
        undo.callback(opened.close)
        return opened
