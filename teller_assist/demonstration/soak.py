"""Many customers back to back in the real window: how long each waits, how soon a key is answered, and whether anything grows.

sandbox process (answers after 200 ms) <- station -> branch server process
window thread: plays the teller          key thread: posts an event ten times a second and times its arrival
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PyQt5.QtCore import QCoreApplication, QEvent, QObject
from PyQt5.QtWidgets import QApplication

from teller_assist.alerts.station_records import StationRecords
from teller_assist.app import Installation, open_installation
from teller_assist.demonstration.bench import machine_body
from teller_assist.demonstration.branch import DemonstrationBranch
from teller_assist.demonstration.customers import SimulatedCustomer, prepare_customers
from teller_assist.demonstration.director import sign_on
from teller_assist.demonstration.server_process import ServerProcess
from teller_assist.demonstration.simulated_counter import SimulatedCounter
from teller_assist.evidence.transaction import BusinessKind, TellerDecision, TellerJudgement
from teller_assist.netcheck.opening import open_gateway
from teller_assist.processes.working_folder import WorkingFolder
from teller_assist.settings.schema import NetcheckSettings
from teller_assist.ui.counter_window import CounterWindow
from teller_assist.ui.start import run_window
from teller_assist.workflow.counter_station import CounterStation
from teller_assist.workflow.view import PassNeeds, Screen, StationView

NETCHECK_DELAY_MS = 200
SAMPLED_EVERY = 25  # customers
WARM_UP = 100  # customers before growth counts: buffers, caches and receipts are filled by then
_KEY_EVERY_S = 0.1
_UNDO_S = 1.0  # the least that may be set
_KINDS = (BusinessKind.ACTIVATION, BusinessKind.LOSS_REPORT)  # without and with the teller's own judgement first


@dataclass(frozen=True)
class Sample:
    """What the window's process holds after so many customers."""

    customers: int
    memory_mb: float
    handles: int
    threads: int


@dataclass
class _Soaked:
    """What comes to light."""

    wanted: int
    waits_ms: dict[BusinessKind, list[float]] = field(default_factory=lambda: {kind: [] for kind in _KINDS})
    key_delays_ms: list[float] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    station: CounterStation | None = None
    served: int = 0


def run_soak(customers: int, progress: Callable[[str], None]) -> dict[str, Any]:
    """Serve so many customers and return the body of a soak/1 document.

    Raises
    ------
    BranchUnreachableError
        One of the two servers did not start.
    """
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["TELLER_ASSIST__STATION__UNDO_S"] = str(_UNDO_S)
    load1 = os.getloadavg()[0]
    installation = open_installation()
    customer = prepare_customers(installation.root, progress)[0]
    soaked = _Soaked(customers)
    with contextlib.ExitStack() as ending:
        folder = WorkingFolder()
        ending.callback(folder.remove)
        known = str(customer.folder.parent)
        authority = ServerProcess("netcheck-sandbox", "--delay-ms", str(NETCHECK_DELAY_MS), "--customers", known)
        ending.callback(authority.stop)
        authority.start()
        branch = DemonstrationBranch(folder.path, (), installation.settings)
        ending.callback(branch.stop)
        teller: list[_Teller] = []
        run_window(
            lambda: _open_station(installation, customer, authority.url, branch.open_records(), soaked),
            installation.settings.station,
            prepared=lambda window: teller.append(_Teller(window, soaked, branch, progress)),
        )
    return {"machine": machine_body(load1), **_told(soaked)}


def _open_station(
    installation: Installation, customer: SimulatedCustomer, url: str, records: StationRecords, soaked: _Soaked
) -> CounterStation:
    """Build the station; runs on a worker thread after the first paint."""
    settings = NetcheckSettings(gateway_url=url)
    source = SimulatedCounter(
        installation.root,
        lambda: (customer,),
        devices_settings=installation.settings.devices,
        limits=installation.picture_limits,
        open_netcheck=lambda: open_gateway(
            settings, installation.root, installation.picture_limits, installation.netcheck_secrets
        ),
    )
    soaked.station = installation.open_station(source, records=records, reads_documents=True)
    return soaked.station


class _Teller(QObject):
    """Serves one customer after the other, as fast as the window allows."""

    def __init__(
        self, window: CounterWindow, soaked: _Soaked, branch: DemonstrationBranch, progress: Callable[[str], None]
    ) -> None:
        super().__init__()
        self._branch = branch
        self._window, self._soaked, self._progress = window, soaked, progress
        self._asked: set[str] = set()
        self._keys = _Keys(soaked.key_delays_ms)
        window.link.view_changed.connect(self._follow)

    def _follow(self, view: StationView) -> None:
        if view.screen is Screen.SIGN_ON:
            self._once("sign_on", lambda station: sign_on(station, view, self._branch.teller))
        elif view.screen is Screen.READY:
            self._next()
        elif view.consent.asked and (view.identity is not None or self._soaked.served % 4 < 2):
            self._once("consent", lambda station: station.record_consent())
        elif view.judgement_asked:
            self._once("judge", lambda station: station.judge_first(TellerJudgement.CANNOT_SAY))
        elif view.gauge is not None and TellerDecision.PASS in view.decision.enabled:
            self._once("decide", lambda station: self._decide(station, view))

    def _decide(self, station: Any, view: StationView) -> None:
        waited = self._soaked.station.latency_ms() if self._soaked.station is not None else {}
        if "card_to_gauge" in waited:
            self._soaked.waits_ms[view.business_kind].append(waited["card_to_gauge"])
        second, needed = self._branch.second_teller, view.decision.pass_needs is PassNeeds.DUAL_SIGNATURE
        if needed and view.sign_on.by_password:
            station.pass_with(second.login, second.password)
        else:
            station.decide(TellerDecision.PASS, reason="", second_teller=second.name if needed else "", documents=())

    def _next(self) -> None:
        soaked = self._soaked
        if soaked.served >= soaked.wanted:
            return  # the window is about to close
        if "decide" in self._asked:
            soaked.served += 1
            if soaked.served % SAMPLED_EVERY == 0:
                if sys.platform.startswith("linux"):
                    soaked.samples.append(_sample(soaked.served))
                self._progress(f"{soaked.served} of {soaked.wanted}")
        if soaked.served >= soaked.wanted:
            self._keys.stop()
            QApplication.quit()
            return
        self._asked.clear()
        kind = _KINDS[soaked.served % len(_KINDS)]
        self._once("kind", lambda station: station.choose_business(kind))
        self._once("begin", lambda station: station.begin())

    def _once(self, name: str, ask: Callable[[Any], None]) -> None:
        if name not in self._asked:
            self._asked.add(name)
            self._window.link.wish(ask)


class _KeyEvent(QEvent):
    """Stands for a key press: handled by the window's thread in its turn."""

    KIND = QEvent.Type(QEvent.registerEventType())

    def __init__(self) -> None:
        super().__init__(self.KIND)
        self.posted_s = time.monotonic()


class _Keys(QObject):
    """Posts an event from another thread again and again and notes how long each waits."""

    def __init__(self, delays_ms: list[float]) -> None:
        super().__init__()
        self._delays_ms = delays_ms
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._post, name="keys", daemon=True)
        self._thread.start()

    def event(self, event: QEvent | None) -> bool:
        """Note an arrival."""
        if isinstance(event, _KeyEvent):
            self._delays_ms.append(1000 * (time.monotonic() - event.posted_s))
            return True
        return bool(super().event(event))

    def stop(self) -> None:
        """Post no more."""
        self._stopped.set()
        self._thread.join()

    def _post(self) -> None:
        while not self._stopped.wait(_KEY_EVERY_S):
            QCoreApplication.postEvent(self, _KeyEvent())


def _sample(customers: int) -> Sample:
    """Return what this process holds; only Linux tells it this way."""
    gc.collect()
    status = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    held = {line.split(":")[0]: line.split()[1] for line in status if line.startswith(("VmRSS", "Threads"))}
    return Sample(customers, int(held["VmRSS"]) / 1024, sum(1 for _one in Path("/proc/self/fd").iterdir()), int(held["Threads"]))


def _told(soaked: _Soaked) -> dict[str, Any]:
    waits = [one for of_kind in soaked.waits_ms.values() for one in of_kind]
    return {
        "customers": soaked.served,
        "netcheck_delay_ms": NETCHECK_DELAY_MS,
        "last_of_card_consent_judgement_to_gauge_ms": _spread(waits)
        | {kind.value: _spread(of_kind) for kind, of_kind in soaked.waits_ms.items()},
        "key_to_window_ms": _spread(soaked.key_delays_ms),
        "growth": _growth(soaked.samples),
        "samples": [
            {"customers": one.customers, "memory_mb": round(one.memory_mb, 1), "handles": one.handles, "threads": one.threads}
            for one in soaked.samples
        ],
    }


def _spread(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    if not ordered:
        return {"n": 0}
    return {
        "n": len(ordered),
        "median": round(ordered[len(ordered) // 2], 1),
        "p95": round(ordered[int(0.95 * (len(ordered) - 1))], 1),
        "max": round(ordered[-1], 1),
    }


def _growth(samples: list[Sample]) -> dict[str, Any]:
    """Return how much more the last sample holds than the first one after the warm-up, in percent."""
    warm = [one for one in samples if one.customers >= WARM_UP]
    if len(warm) < 2:
        return {"stated": False, "why": f"fewer than {WARM_UP + SAMPLED_EVERY} customers"}
    first, last = warm[0], warm[-1]
    return {
        "stated": True,
        "from_customer": first.customers,
        "to_customer": last.customers,
        "memory_percent": round(100 * (last.memory_mb / first.memory_mb - 1), 1),
        "handles_percent": round(100 * (last.handles / first.handles - 1), 1),
        "threads_percent": round(100 * (last.threads / first.threads - 1), 1),
    }
