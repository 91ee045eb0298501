"""A counter as a bank sets it up: the site's file chooses the plugins, a serial reader and a camera deliver one customer."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import pytest

from teller_assist.alerts.enrolling import enrol_station
from teller_assist.app import Installation
from teller_assist.cli.station import _open_counter
from teller_assist.demonstration.stand_ins.mjpeg_camera import MjpegCamera, filed_pictures
from teller_assist.demonstration.stand_ins.sam_card import PORTRAIT_PX
from teller_assist.demonstration.stand_ins.sam_cards import customers_card
from teller_assist.devices.kinds import DeviceState
from teller_assist.evaluation.photo_kinds import prepare_portrait, rng_for
from teller_assist.evaluation.photo_kinds.portrait import identity_crop, on_plain_background
from teller_assist.evidence.kinds import Outcome, PhotoKind
from teller_assist.evidence.pictures import Picture
from teller_assist.evidence.transaction import BusinessKind, TellerDecision, TellerJudgement
from teller_assist.pictures.decode import PictureLimits
from teller_assist.review.people import Role
from teller_assist.settings.home import installation_root
from teller_assist.settings.personal import Personal
from teller_assist.settings.schema import BranchSettings
from teller_assist.workflow.counter_station import CounterStation
from teller_assist.workflow.portraits import portrait_at_one_scale
from teller_assist.workflow.view import Screen, StationView
from tests.stand_ins.branch import PASSWORD, RunningServer
from tests.stand_ins.equipment import NAME, NUMBER, wait_until

pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(sys.platform == "win32", reason="pseudo terminals are there on Linux only"),
]

PLAIN_BGR = (246, 248, 248)
LIMITS = PictureLimits(max_bytes=20_000_000, max_pixels=20_000_000)
TELLER = "li.na"
SITE = """
[branch]
data_folder = "{records}"
retry_first_s = 0.1
[station]
undo_s = 1.0
[devices.camera]
plugin = "video_camera"
[devices.camera.settings]
source = "http_mjpeg"
address = "{camera}"
{more}
[devices.id_card_reader]
plugin = "sam_serial_id_reader"
[devices.id_card_reader.settings]
port = "{port}"
photo_decoder = "test-webp"
"""


class Counter:
    """The devices of one counter, the customer before them, and the branch server behind it."""

    def __init__(self, folder: Path, customer: Path, sam: Any, camera: MjpegCamera, server: RunningServer) -> None:
        self.folder, self.customer, self.sam, self.camera, self.server = folder, customer, sam, camera, server

    def write_site(self, more: str = "") -> Path:
        """Write the site's settings as IT staff do, perhaps with more for the camera, and return the file."""
        path = self.folder / "site.toml"
        values = {"records": self.folder / "station", "camera": self.camera.url, "port": self.sam.link, "more": more}
        path.write_text(SITE.format(**values), encoding="utf-8")
        return path

    def lay_card(self) -> None:
        self.sam.lay(customers_card(installation_root(), self.customer))


def write_chip_photo(folder: Path, installation: Installation, astronaut: Picture) -> None:
    """Give the customer a portrait as chips have it: framed as identity photos are, on a plain background.

    1,024 bytes of WebP carry that; they do not carry the background of a snapshot.
    """
    portrait = prepare_portrait(astronaut.pixels, installation.detector.detect(astronaut)[0].landmarks)
    crop, person = identity_crop(portrait, PORTRAIT_PX, rng_for("astronaut", PhotoKind.CHIP, 1))
    cv2.imwrite(str(folder / "chip.jpg"), on_plain_background(crop, person, PLAIN_BGR), [cv2.IMWRITE_JPEG_QUALITY, 97])


@pytest.fixture
def counter(tmp_path: Path, customer_folder: Path, installation: Installation, astronaut: Picture) -> Iterator[Counter]:
    from teller_assist.demonstration.stand_ins.sam_reader import SamReader

    write_chip_photo(customer_folder / "01", installation, astronaut)
    server = RunningServer(tmp_path / "server")
    server.records.people.add(TELLER, "柜员一", Role.TELLER, PASSWORD, actor="test")
    code = server.records.stations.make_code("3号柜台", actor="test").text
    enrol_station(BranchSettings(data_folder=str(tmp_path / "station")), code, server.url, "3号柜台", key_in_file=True)
    camera = MjpegCamera(0, filed_pictures(customer_folder / "01", LIMITS))
    threading.Thread(target=camera.serve, daemon=True).start()
    with SamReader(tmp_path / "reader") as sam:
        yield Counter(tmp_path, customer_folder / "01", sam, camera, server)
    camera.close()
    server.stop()


Open = Callable[[Path], CounterStation]


@pytest.fixture
def open_station(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Open the station as ``teller-assist station`` does; the models are those that are loaded already."""
    opened: list[CounterStation] = []

    def open_one(site: Path) -> CounterStation:
        monkeypatch.setenv("TELLER_ASSIST_SITE_SETTINGS", str(site))
        monkeypatch.setenv("TELLER_ASSIST__DOCUMENTS__INTERPRETER", str(site.parent / "python"))
        fresh = Installation(installation.root)
        fresh.__dict__["instruments"] = installation.instruments
        opened.append(_open_counter(fresh))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


def wait_for(station: CounterStation, condition: Callable[[StationView], bool]) -> StationView:
    wait_until(lambda: condition(station.view()), limit_s=30)
    return station.view()


def states(view: StationView) -> dict[str, DeviceState]:
    return {chip.device: chip.state for chip in view.devices}


def sign_on_and_begin(station: CounterStation, *, consents: bool = True) -> None:
    station.sign_on_with(TELLER, Personal(PASSWORD))
    wait_for(station, lambda view: view.screen is Screen.READY)
    station.choose_business(BusinessKind.LOSS_REPORT)
    station.begin()
    if consents:
        station.record_consent()
    else:
        station.refuse_consent()


def settled_case(server: RunningServer) -> dict[str, Any]:
    """Return the one case, opened with the server's keys, once it is the final one."""

    def opened() -> list[dict[str, Any]]:
        with server.records.database.reading() as session:
            cases = [server.records.store.opened(session, case_id) for case_id in server.case_ids()]
        return [case for case in cases if case["decision"] is not None]

    wait_until(lambda: bool(opened()), limit_s=30)
    [case] = opened()
    return case


def come_to_the_gauge(counter: Counter, station: CounterStation) -> StationView:
    """Bring the customer as far as the reading that the teller sees."""
    sign_on_and_begin(station)
    counter.lay_card()
    wait_for(station, lambda view: view.judgement_asked)
    station.judge_first(TellerJudgement.CANNOT_SAY)
    return wait_for(station, lambda view: view.gauge is not None)


def test_a_customer_comes_from_the_serial_reader_and_the_network_camera_to_a_sealed_case(
    counter: Counter, open_station: Open, log_text: Callable[[], str]
) -> None:
    station = open_station(counter.write_site())
    view = wait_for(station, lambda view: states(view)["camera"] is states(view)["id_card_reader"] is DeviceState.READY)
    assert states(view)["document_scanner"] is DeviceState.NOT_AVAILABLE
    view = come_to_the_gauge(counter, station)
    assert view.gauge is not None
    assert view.gauge.outcome is Outcome.MATCH, "card and camera show one person"
    assert view.identity is not None
    assert view.identity.masked_name == "林*样"
    assert station.latency_ms()["card_to_gauge"] > 0
    station.decide(TellerDecision.REFER, reason="cannot_tell", second_teller="", documents=())
    case = settled_case(counter.server)
    assert {one["kind"]: one["plugin"] for one in case["devices"]} == {
        "camera": "video_camera",
        "id_card_reader": "sam_serial_id_reader",
        "document_scanner": "",
    }
    assert case["decision"]["taken"] == "refer"
    assert NUMBER in str(case), "the card that was read is the case's"
    station.close()
    left = [path for path in counter.folder.joinpath("station").rglob("*") if path.is_file()]
    assert left
    assert not [path.name for path in left if NUMBER.encode() in path.read_bytes()], "nothing lies open at the station"
    assert not [secret for secret in (NAME, NUMBER) if secret in log_text()]


def test_the_card_of_another_person_speaks_against(
    counter: Counter, open_station: Open, installation: Installation, six_persons: Path
) -> None:
    group = installation.read_picture(six_persons, role="reference")
    stranger = portrait_at_one_scale(group.pixels, installation.detector.detect(group)[0])
    cv2.imwrite(str(counter.customer / "chip.jpg"), cv2.resize(stranger, (102, 126), interpolation=cv2.INTER_AREA))
    view = come_to_the_gauge(counter, open_station(counter.write_site()))
    assert view.gauge is not None
    assert view.gauge.stranger is not None
    assert view.gauge.stranger < 0
    assert view.gauge.outcome is not Outcome.MATCH
    assert view.identity is not None
    assert view.identity.masked_name == "林*样"


@pytest.mark.logs_warnings
def test_a_camera_that_is_set_wrongly_says_so_and_the_customer_is_served_by_documents(
    counter: Counter, open_station: Open
) -> None:
    station = open_station(counter.write_site("width_px = 4000"))
    view = wait_for(station, lambda view: states(view)["id_card_reader"] is DeviceState.READY)
    [camera] = [chip for chip in view.devices if chip.device == "camera"]
    assert camera.state is DeviceState.NOT_AVAILABLE
    assert camera.why is not None
    assert "devices.camera.settings.width_px" in camera.why.zh
    counter.lay_card()
    sign_on_and_begin(station, consents=False)
    wait_for(station, lambda view: view.identity is not None)
    station.decide(TellerDecision.REFER, reason="cannot_tell", second_teller="", documents=())
    assert settled_case(counter.server)["decision"]["taken"] == "refer"
