"""A self-test asked for in the window: on the station's own thread, with the devices let go and taken again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from teller_assist.devices.kinds import DeviceKind
from teller_assist.devices.plugins import ListedPlugin, PlacedPlugin
from teller_assist.devices.selftest import SelftestCheck
from teller_assist.errors import DeviceMissingError, DeviceTimeoutError, PluginNotAuthorisedError, SessionError
from teller_assist.settings.plugin_choice import PluginChoice
from teller_assist.wording import sentence
from teller_assist.workflow import station_devices
from teller_assist.workflow.view import SimulatedView
from teller_assist.workflow.view_devices import SelftestView
from tests.stand_ins.authorities import AnyFiles
from tests.stand_ins.counter import Counter
from tests.stand_ins.equipment import wait_until

MakeCounter = Callable[..., Counter]
READER = "id_card_reader"
CHOSEN = {DeviceKind.ID_CARD_READER: PluginChoice("willing"), DeviceKind.CAMERA: PluginChoice("gone")}
WILLING = Path(__file__).parents[1] / "stand_ins" / "plugins" / "willing"


class Desk:
    """Knows one plugin that is there and one that is refused."""

    def listed(self) -> tuple[ListedPlugin, ...]:
        refusal = PluginNotAuthorisedError(plugin="acme", why="unknown_key")
        return (ListedPlugin("acme", None, refusal),)

    def find(self, plugin_id: str) -> PlacedPlugin:
        if plugin_id != "willing":
            raise DeviceMissingError(why="no_plugin")
        return PlacedPlugin(plugin_id, WILLING, AnyFiles())


class Checks:
    """Stands for the checks: told when to go on, and remembers on which thread it ran and what stood at the counter."""

    def __init__(self) -> None:
        self.began, self.go_on = threading.Event(), threading.Event()
        self.thread = ""
        self.counter: Counter | None = None
        self.open_meanwhile: bool | None = None

    def run(self, _placed: Any, kinds: Any, _settings: Any, _devices: Any, *, told: Any, cancel: threading.Event) -> None:
        self.thread = threading.current_thread().name
        self.open_meanwhile = self.counter is not None and self.counter.station._counter.equipment is not None
        told(kinds[0].value, SelftestCheck("open", passed=True, detail="", latency_ms=1))
        self.began.set()
        while not self.go_on.wait(0.01):
            if cancel.is_set():
                raise DeviceTimeoutError(device=kinds[0].value, why="cancelled")


@pytest.fixture
def counter(make_counter: MakeCounter) -> Counter:
    made = make_counter(chosen=CHOSEN)
    made.station.know_plugins(Desk())
    return made


@pytest.fixture
def checks(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> Iterator[Checks]:
    made = Checks()
    made.counter = counter
    monkeypatch.setattr(station_devices, "run_selftest", made.run)
    yield made
    made.go_on.set()


def last_test(counter: Counter, device: str = READER) -> SelftestView:
    test = counter.view.device_care.of(device).test
    assert test is not None
    return test


def ended(counter: Counter, device: str = READER) -> SelftestView:
    wait_until(lambda: not last_test(counter, device).running)
    return last_test(counter, device)


def why(refused: pytest.ExceptionInfo[SessionError]) -> object:
    return refused.value.facts["why"]


def test_the_same_checks_run_as_from_the_command_line_and_the_devices_come_back(counter: Counter) -> None:
    counter.station.test_device(READER)
    test = ended(counter)
    assert test.passed
    expected = [sentence("selftest_check", one) for one in ("files", "process", "devices", "open", "status", "selftest")]
    own = sentence("devices_dialog", "own_check", check="opened")
    last = [sentence("selftest_check", one) for one in ("find_card", "close")]
    assert [row.what for row in test.rows] == [*expected, own, *last]
    assert counter.source.opened == 2
    assert counter.view.device_care.of(READER).may_test


def test_the_window_is_not_kept_waiting_and_the_devices_are_let_go_meanwhile(counter: Counter, checks: Checks) -> None:
    began_s = time.monotonic()
    counter.station.test_device(READER)
    assert time.monotonic() - began_s < 0.5
    assert checks.began.wait(10)
    assert checks.thread.startswith("equipment")
    assert checks.open_meanwhile is False, "a reader cannot be opened twice"
    view = counter.view
    assert [row.what for row in last_test(counter).rows] == [sentence("selftest_check", "open")]
    assert not view.device_care.of("camera").may_test, "one at a time"
    with pytest.raises(SessionError):
        counter.station.test_device("camera")
    checks.go_on.set()
    assert ended(counter).passed
    assert counter.station._counter.equipment is not None


def test_a_simulated_device_is_tested_beside_the_one_that_plays(
    make_counter: MakeCounter, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_counter(chosen=CHOSEN, simulated=SimulatedView(1, 2, sentence("simulated_material", "caller")))
    made.station.know_plugins(Desk())
    checks = Checks()
    checks.counter = made
    checks.go_on.set()
    monkeypatch.setattr(station_devices, "run_selftest", checks.run)
    made.station.test_device(READER)
    assert ended(made).passed
    assert (checks.open_meanwhile, made.source.opened) == (True, 1), "its customer stays"


def test_it_can_be_stopped(counter: Counter, checks: Checks) -> None:
    counter.station.test_device(READER)
    assert checks.began.wait(10)
    counter.station.stop_test()
    assert last_test(counter).stopping or not last_test(counter).running
    assert ended(counter).outcome == sentence("selftest_outcome", "stopped")
    assert counter.station._counter.equipment is not None


def test_while_a_customer_is_served_it_needs_the_tellers_word(counter: Counter, checks: Checks) -> None:
    counter.station.sign_on("柜员一")
    counter.station.begin()
    assert counter.view.device_care.asks_first is not None
    with pytest.raises(SessionError) as refused:
        counter.station.test_device(READER)
    assert why(refused) == "selftest_unconfirmed"
    assert not checks.began.is_set()
    counter.station.lock()
    assert not counter.view.device_care.of(READER).may_test, "nobody is there to say so"
    with pytest.raises(SessionError) as refused:
        counter.station.test_device(READER, confirmed=True)
    assert why(refused) == "not_signed_on"


def test_after_a_confirmed_test_the_customers_card_is_read_by_the_reader_that_came_back(counter: Counter, checks: Checks) -> None:
    counter.station.sign_on("柜员一")
    counter.station.begin()
    counter.station.test_device(READER, confirmed=True)
    assert checks.began.wait(10)
    checks.go_on.set()
    assert ended(counter).passed
    assert counter.view.problem is None, "the reader that was let go is not told as a fault"
    counter.reader.lay_down(counter.card)
    counter.wait_for(lambda view: view.identity is not None)


def test_a_customer_who_comes_stops_it_and_is_read_as_soon_as_the_devices_are_back(counter: Counter, checks: Checks) -> None:
    counter.station.sign_on("柜员一")
    counter.station.test_device(READER)
    assert checks.began.wait(10)
    counter.station.begin()
    assert ended(counter).outcome == sentence("selftest_outcome", "stopped")
    counter.reader.lay_down(counter.card)
    counter.wait_for(lambda view: view.identity is not None)


def test_a_device_without_a_plugin_or_a_station_that_knows_none_refuses(make_counter: MakeCounter, counter: Counter) -> None:
    with pytest.raises(SessionError) as refused:
        counter.station.test_device("document_scanner")
    assert why(refused) == "no_selftest"
    ignorant = make_counter(chosen=CHOSEN)
    with pytest.raises(SessionError):
        ignorant.station.test_device(READER)
    ignorant.station.look_at_devices()
    assert not ignorant.view.device_care.of(READER).may_test


def test_a_plugin_that_is_not_there_is_one_line_that_failed(counter: Counter) -> None:
    counter.station.test_device("camera")
    test = ended(counter, "camera")
    assert not test.passed
    [row] = test.rows
    assert row.why is not None


def test_refused_plugins_are_looked_for_when_the_dialog_opens(counter: Counter) -> None:
    assert not counter.view.device_care.listed
    counter.station.look_at_devices()
    wait_until(lambda: counter.view.device_care.listed)
    [refused] = counter.view.device_care.refused
    assert (refused.plugin_id, refused.why) == ("acme", sentence("plugin_why", "unknown_key"))


def test_closing_the_window_does_not_wait_for_a_self_test(counter: Counter, checks: Checks) -> None:
    counter.station.test_device(READER)
    assert checks.began.wait(10)
    closing = threading.Thread(target=counter.station.close)
    closing.start()
    closing.join(10)
    assert not closing.is_alive()
    assert counter.station._counter.equipment is None
