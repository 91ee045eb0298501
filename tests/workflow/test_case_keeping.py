"""What the station keeps of a customer: through the very session, with real records on disk and no server that answers."""

from __future__ import annotations

import base64
import errno
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pyrage
import pytest
from jsonschema import Draft202012Validator

from teller_assist.alerts.enrolment import Enrolment
from teller_assist.alerts.envelope import open_envelope, verify_envelope
from teller_assist.alerts.keys import ServerKeys, SigningKey
from teller_assist.alerts.shapes import check_shape
from teller_assist.alerts.states import Kept
from teller_assist.alerts.station_records import StationRecords
from teller_assist.app import Installation
from teller_assist.decision.judgement import TRIANGLE, EdgeName
from teller_assist.decision.policy import KeepPictures
from teller_assist.devices.kinds import DeviceState
from teller_assist.evaluation.photo_kinds import prepare_portrait, render, rng_for
from teller_assist.evidence.identity import NoChip
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.evidence.pictures import Picture
from teller_assist.evidence.transaction import BusinessKind, PersonRole, TellerDecision, TellerJudgement
from teller_assist.pictures.decode import decode_picture
from teller_assist.settings.schema import BranchSettings, Settings, TrainingSettings
from teller_assist.workflow.case_keeper import CaseKeeping
from teller_assist.workflow.case_record import CaseOrigin, ModelIdentity
from teller_assist.workflow.instruments import Instruments
from teller_assist.workflow.view import Screen
from teller_assist.workflow.view_portraits import PairWord
from tests.conftest import LIMITS
from tests.stand_ins.card_readers import ACCESS, DOCUMENT_NUMBER, ToldTravelDocumentReader, made_up_passport
from tests.stand_ins.counter import Counter
from tests.stand_ins.equipment import NAME, NUMBER, portrait_of, wait_until
from tests.stand_ins.scans import ToldDocumentReader, ToldScanner, document, reading
from tests.stand_ins.training import training_folder

IDENTITY = pyrage.x25519.Identity.generate()
KEY = SigningKey(bytes(range(32)))
SERVER = ServerKeys(str(IDENTITY.to_public()), SigningKey(b"\x02" * 32).verify_key)
NOBODY = "http://127.0.0.1:9"  # a port where nothing listens


class Keeping:
    """A counter whose station is enrolled with a server that is down; a test reads what waits for it."""

    def __init__(self, folder: Path, instruments: Instruments, settings: Settings, astronaut: Picture, **more: Any) -> None:
        self.folder = folder
        self.told: list[dict[str, Any]] = []
        branch = BranchSettings(data_folder=str(folder), retry_first_s=0.1, timeout_s=1.0, kinship_timeout_s=0.5)
        self.records = StationRecords(folder, Enrolment("0" * 32, "一号", NOBODY, SERVER, True), KEY, branch)
        policy = replace(instruments.policy, keep_pictures=more.pop("keep_pictures", KeepPictures.ALERTS))
        origin = CaseOrigin(self.records.station_id, "3号柜台", (ModelIdentity("m", "0" * 64, "ready"),), policy)
        keeping = CaseKeeping(self.records, origin, lambda case: self.told.append(dict(case)))
        quick = replace(settings, station=replace(settings.station, undo_s=1.0))
        self.counter = Counter(instruments, quick, astronaut, keeping=keeping, **more)
        self.station = self.counter.station

    def cases(self, part: str = "outbox") -> list[dict[str, Any]]:
        """What waits on the disk, opened with the server's key."""
        found = sorted((self.folder / part).glob("[0-9]*.json"))  # what is half written does not count
        try:
            envelopes = [verify_envelope(json.loads(path.read_bytes()), KEY.verify_key) for path in found]
        except FileNotFoundError:
            return self.cases(part)  # it moved on meanwhile
        return [open_envelope(envelope, str(IDENTITY)) for envelope in envelopes]

    def one_case(self) -> dict[str, Any]:
        wait_until(lambda: len(self.cases()) == 1)
        return self.cases()[0]


@pytest.fixture
def make_keeping(
    tmp_path: Path, instruments: Instruments, settings: Settings, astronaut: Picture
) -> Iterator[Callable[..., Keeping]]:
    made: list[Keeping] = []

    def make(**more: Any) -> Keeping:
        given = more.pop("instruments", instruments)
        made.append(Keeping(tmp_path / "records", given, more.pop("settings", settings), astronaut, **more))
        return made[-1]

    yield make
    for one in made:
        one.station.close()


Make = Callable[..., Keeping]


@pytest.mark.full
def test_a_training_pair_is_no_case_and_leaves_nothing_on_the_disk(
    make_keeping: Make, settings: Settings, tmp_path: Path
) -> None:
    pairs = TrainingSettings(str(training_folder(tmp_path / "pairs", "no")), one_in=1)
    keeping = make_keeping(settings=replace(settings, training=pairs), draw=lambda _one_in: 0)
    keeping.counter.to_decision()
    keeping.station.decide(TellerDecision.REFER, reason="cannot_tell", second_teller="", documents=())
    before = keeping.one_case()
    view = keeping.counter.wait_for(lambda view: view.training is not None and view.training.asked)
    files = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and "outbox" in path.parts}
    keeping.station.judge_training(TellerJudgement.SURELY_SAME)
    view = keeping.counter.view
    assert view.training is not None
    assert view.training.judged == 1
    keeping.station.close()
    assert keeping.cases() == [before]
    assert len(keeping.told) == 1
    after = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and "outbox" in path.parts}
    assert after == files


@pytest.mark.full
def test_a_decided_customer_is_one_whole_case(make_keeping: Make) -> None:
    keeping = make_keeping()
    view = keeping.counter.to_decision()
    assert view.gauge is not None
    keeping.station.decide(TellerDecision.REFER, reason="cannot_tell", second_teller="", documents=())
    case = keeping.one_case()
    assert (case["station_sequence"], case["transaction"]["ending"]) == (1, "settled")
    assert case["decision"] == {"taken": "refer", "reason": "cannot_tell", "second_teller": "", "documents": []}
    assert case["transaction"]["teller"] == "柜员一"
    assert case["transaction"]["consent"]["basis"] == "separate_consent"
    assert [(person["name"], person["number"]) for person in case["persons"]] == [(NAME, NUMBER)]
    assert "address" not in case["persons"][0]
    assert {one["edge"] for one in case["comparisons"] if one["compared"]} == set(TRIANGLE)
    assert case["comparisons"][0]["answer"]["calibration_id"].startswith("sface-2021dec/live-chip/")
    assert case["judgement"]["outcome"] == view.gauge.outcome.value
    assert case["netcheck"] == "MATCH_PHOTO_SAME"
    assert {"card_read", "capture", "card_to_gauge", "compare", "detect", "features"} <= set(case["latency_ms"])
    assert {one["kind"]: one["plugin"] for one in case["devices"]}["camera"] == "told"
    assert case["models"] == [{"id": "m", "sha256": "0" * 64, "state": "ready"}]
    wait_until(lambda: len(keeping.told) == 1)
    assert keeping.told[0]["case_id"] == case["case_id"]
    assert "seal" in keeping.told[0]["latency_ms"]


@pytest.mark.full
def test_a_scanned_card_s_portrait_is_one_more_comparison_and_picture_of_the_case(
    make_keeping: Make, instruments: Instruments, astronaut: Picture
) -> None:
    printed = replace(document(), portrait=portrait_of(astronaut, role="recapture"))
    reads = replace(instruments, document_reader=ToldDocumentReader(reading(printed)))
    keeping = make_keeping(instruments=reads, scanner=ToldScanner(), keep_pictures=KeepPictures.ALWAYS)
    keeping.counter.to_decision()
    keeping.counter.wait_for(lambda view: view.portraits.pairs[EdgeName.LIVE_PRINTED] is PairWord.AGREE)
    keeping.station.decide(TellerDecision.REFER, reason="cannot_tell", second_teller="", documents=())
    case = check_shape(keeping.one_case(), "case/1")
    (compared,) = (one for one in case["comparisons"] if one["edge"] == "live_printed")
    assert compared["answer"]["calibration_id"].split("/")[1] == "live-recapture"
    (picture,) = (one for one in case["evidence"] if one["role"] == "card_portrait")
    assert picture["kept"]
    assert picture["face"]["width_px"] > 0


@pytest.mark.full
def test_a_reading_that_nobody_has_seen_is_on_record_and_so_is_what_the_teller_said_before(make_keeping: Make) -> None:
    keeping = make_keeping(draw=lambda _one_in: 0)
    station, counter = keeping.station, keeping.counter
    station.sign_on("柜员一")
    station.begin()
    station.record_consent()
    counter.reader.lay_down(counter.card)
    counter.wait_for(lambda view: view.judgement_asked)
    wait_until(lambda: any(draft["comparisons"][0]["compared"] for draft in keeping.cases("open")))
    draft = keeping.cases("open")[0]
    assert draft["teller_judgement"] == {"asked": True, "given": "none"}
    assert draft["judgement"] == {"made": False}
    station.judge_first(TellerJudgement.SURELY_DIFFERENT)
    station.decide(TellerDecision.REFER, reason="cannot_tell", second_teller="", documents=())
    case = keeping.one_case()
    assert case["teller_judgement"] == {"asked": True, "given": "surely_different"}
    assert "judgement_disagreement" in {alert["kind"] for alert in case["alerts"]}


@pytest.mark.full
def test_saved_is_said_once_it_is_saved_and_what_waits_is_counted(make_keeping: Make) -> None:
    keeping = make_keeping()
    keeping.counter.to_decision()
    keeping.station.decide(TellerDecision.REFER, reason="cannot_tell", second_teller="", documents=())
    keeping.counter.wait_for(lambda view: view.screen is Screen.READY)
    view = keeping.counter.wait_for(lambda view: view.today.rows[0].kept is Kept.SAVED)
    assert len(keeping.cases()) == 1
    assert view.today.waiting == 1
    chip = keeping.counter.wait_for(lambda view: view.devices[-1].state is DeviceState.UNREACHABLE).devices[-1]
    assert chip.why is not None
    assert "连接不上" in chip.why.zh


@pytest.mark.full
def test_a_case_without_an_alert_holds_no_picture_and_says_so(make_keeping: Make) -> None:
    keeping = make_keeping()
    keeping.counter.to_decision()
    assert keeping.counter.view.alert is None
    keeping.station.abandon()
    case = keeping.one_case()
    assert case["transaction"]["ending"] == "abandoned"
    assert case["decision"] == {"taken": "none"}
    assert case["evidence"] == [{"role": role, "kept": False, "why": "policy"} for role in ("live", "chip", "netcheck")]


@pytest.mark.full
def test_a_case_with_an_alert_holds_every_picture_and_no_feature_of_a_face(make_keeping: Make) -> None:
    keeping = make_keeping()
    keeping.counter.authority.code = NetcheckCode.MATCH_PHOTO_DIFFERENT
    keeping.counter.to_decision()
    assert keeping.counter.view.alert is not None
    keeping.station.abandon()
    case = keeping.one_case()
    assert case["alerts"][0]["kind"] == "netcheck_result"
    sizes = {}
    for one in case["evidence"]:
        picture = decode_picture(base64.b64decode(one["data_base64"]), role=one["role"], limits=LIMITS)
        sizes[one["role"]] = (picture.width_px, picture.height_px)
        assert (one["width_px"], one["height_px"]) == sizes[one["role"]]
    assert sizes == {"live": (640, 480), "chip": (102, 126), "netcheck": (102, 126)}
    assert "vector" not in json.dumps(case)
    live = case["evidence"][0]
    assert live["imported"] is False
    assert 80 <= live["face"]["x_px"] < live["face"]["x_px"] + live["face"]["width_px"] <= 560, "where the person sits"
    assert all(one["face"]["by_layout"] is False for one in case["evidence"]), "and on the photographs, for one scale"


@pytest.mark.full
@pytest.mark.parametrize("keep", [KeepPictures.ALWAYS, KeepPictures.NEVER])
def test_a_photo_with_a_mesh_is_kept_together_with_what_was_restored_of_it(
    make_keeping: Make, astronaut: Picture, installation: Installation, keep: KeepPictures
) -> None:
    portrait = prepare_portrait(astronaut.pixels, installation.detector.detect(astronaut)[0].landmarks)
    pixels = render(portrait, PhotoKind.MESH, rng_for("astronaut", PhotoKind.MESH, 0)).pixels
    keeping = make_keeping(keep_pictures=keep)
    keeping.counter.authority.photo = Picture(pixels, "JPEG", "netcheck")
    keeping.counter.to_decision()
    keeping.station.abandon()
    by_role = {one["role"]: one for one in keeping.one_case()["evidence"]}
    assert list(by_role) == ["live", "chip", "netcheck", "netcheck_restored"]
    photo, restored = by_role["netcheck"], by_role["netcheck_restored"]
    if keep is KeepPictures.NEVER:
        assert restored == {"role": "netcheck_restored", "kept": False, "why": "policy"}
        return
    assert restored["sha256"] != photo["sha256"]
    assert restored["media_type"] == "image/png"
    for side in ("width_px", "height_px"):
        assert restored["face"][side] / restored[side] == pytest.approx(photo["face"][side] / photo[side], abs=0.01)


@pytest.mark.full
def test_an_agents_case_and_the_holders_belong_together(make_keeping: Make) -> None:
    keeping = make_keeping()
    station, counter = keeping.station, keeping.counter
    station.sign_on("柜员一")
    station.choose_role(PersonRole.AGENT)
    station.begin()
    station.refuse_consent()
    station.decide(TellerDecision.PASS, reason="", second_teller="", documents=("power_of_attorney",))
    agents = keeping.one_case()
    assert (agents["transaction"]["role"], agents["transaction"]["together_with"]) == ("agent", [])
    counter.wait_for(lambda view: view.screen is Screen.READY)
    station.begin(another=True)
    station.note_absence()
    counter.reader.lay_down(counter.card)
    counter.wait_for(lambda view: view.identity is not None)
    station.decide(TellerDecision.PASS, reason="", second_teller="", documents=("id_card_checked_by_eye",))
    wait_until(lambda: len(keeping.cases()) == 2)
    holders = next(case for case in keeping.cases() if case["case_id"] != agents["case_id"])
    assert (holders["transaction"]["role"], holders["transaction"]["together_with"]) == ("holder", [agents["case_id"]])
    assert holders["transaction"]["consent"]["holder_absent"] is True
    assert [person["source"] for person in holders["persons"]] == ["chip"]


@pytest.mark.full
def test_what_was_typed_in_place_of_a_chip_is_told_as_typed(make_keeping: Make) -> None:
    keeping = make_keeping()
    keeping.station.sign_on("柜员一")
    keeping.station.begin()
    keeping.station.state_identity(NoChip.LOST, name=NAME, number=NUMBER)
    keeping.station.refuse_consent()
    keeping.station.decide(TellerDecision.REFER, reason="cannot_tell", second_teller="", documents=())
    case = keeping.one_case()
    assert case["without_chip"] == "lost"
    assert case["persons"] == [{"role": "holder", "source": "typed", "name": NAME, "number": NUMBER, "sex": "male"}]
    assert NAME not in repr(keeping.station._scene())
    assert case["transaction"]["reference"] == ""


@pytest.mark.full
def test_a_passport_is_a_person_of_the_case_that_a_server_of_before_takes(make_keeping: Make, astronaut: Picture) -> None:
    reader = ToldTravelDocumentReader()
    keeping = make_keeping(travel_document_reader=reader, keep_pictures=KeepPictures.ALWAYS)
    passport = made_up_passport(portrait_of(astronaut))
    reader.lay_down(passport)
    keeping.station.sign_on("柜员一")
    keeping.station.begin()
    keeping.station.record_consent()
    keeping.station.read_travel_document(ACCESS)
    keeping.counter.wait_for(lambda view: view.gauge is not None)
    keeping.station.decide(TellerDecision.REFER, reason="cannot_tell", second_teller="", documents=())
    case = keeping.one_case()
    [person] = case["persons"]
    assert (person["source"], person["number"], person["issuer"]) == ("chip", DOCUMENT_NUMBER, "UTO")
    assert person["travel_document"]["data_groups"] == "passed"
    assert "OPTIONAL777" not in json.dumps(case), "what the state put there beside stays on the document"
    assert (case["without_chip"], case["netcheck"]) == ("none", "NOT_ASKED")
    compared = {one["edge"]: one["answer"] for one in case["comparisons"] if one["compared"]}
    assert list(compared) == ["live_chip"]
    assert compared["live_chip"]["calibration_id"].split("/")[1] == "live-archive"
    assert {one["role"] for one in case["evidence"]} == {"live", "chip"}
    check_shape(case, "case/1")
    of_before = json.loads(resources.files("teller_assist.alerts.schemas").joinpath("case-1.json").read_text(encoding="utf-8"))
    del of_before["properties"]["persons"]["items"]["properties"]["travel_document"]
    Draft202012Validator(of_before).validate(case)


def test_the_core_systems_reference_stands_in_the_case(make_keeping: Make) -> None:
    keeping = make_keeping()
    keeping.station.sign_on("柜员一")
    keeping.station.begin_for(BusinessKind.ACTIVATION, "CBS-17")
    keeping.station.cancel_for("CBS-17")
    assert keeping.one_case()["transaction"]["reference"] == "CBS-17"


@pytest.mark.full
def test_without_consent_no_picture_is_kept_whatever_the_policy(make_keeping: Make) -> None:
    keeping = make_keeping(keep_pictures=KeepPictures.ALWAYS)
    keeping.station.sign_on("柜员一")
    keeping.station.begin()
    keeping.counter.reader.lay_down(keeping.counter.card)
    keeping.counter.wait_for(lambda view: view.identity is not None)
    keeping.station.refuse_consent()
    keeping.station.decide(TellerDecision.PASS, reason="", second_teller="", documents=("passport",))
    case = keeping.one_case()
    assert case["transaction"]["consent"] == {
        "basis": "none",
        "face_refused": True,
        "face_path_left": False,
        "holder_absent": False,
        "notice_printed": False,
    }
    assert [alert["kind"] for alert in case["alerts"]] == ["non_face_path"]
    assert {one["why"] for one in case["evidence"]} == {"no_consent"}
    assert case["decision"]["documents"] == ["passport"]
    assert case["comparisons"][0]["compared"] is False


@pytest.mark.full
def test_a_chip_portrait_that_came_on_its_head_is_measured_and_kept_upright(make_keeping: Make, astronaut: Picture) -> None:
    keeping = make_keeping(keep_pictures=KeepPictures.ALWAYS)
    upright = keeping.counter.card.portrait
    on_its_head = replace(upright, pixels=np.ascontiguousarray(upright.pixels[::-1, ::-1]))
    keeping.counter.card = replace(keeping.counter.card, portrait=on_its_head, portrait_orientation_known=False)
    view = keeping.counter.to_decision()
    assert view.portraits.pairs[EdgeName.LIVE_CHIP] is PairWord.AGREE
    keeping.station.abandon()
    chip = next(one for one in keeping.one_case()["evidence"] if one["role"] == "chip")
    kept = decode_picture(base64.b64decode(chip["data_base64"]), role="chip", limits=LIMITS)
    assert (kept.pixels == upright.pixels).all()


@pytest.mark.full
@pytest.mark.parametrize("keep", [KeepPictures.NEVER, KeepPictures.ALWAYS])
def test_the_policy_may_keep_pictures_never_or_always(make_keeping: Make, keep: KeepPictures) -> None:
    keeping = make_keeping(keep_pictures=keep)
    keeping.counter.to_decision()
    keeping.station.abandon()
    case = keeping.one_case()
    assert {one["kept"] for one in case["evidence"]} == {keep is KeepPictures.ALWAYS}
    assert case["policy"]["keep_pictures"] == keep.value


@pytest.mark.full
def test_a_transaction_is_on_the_disk_from_its_first_moment_and_an_alert_as_soon_as_it_is_raised(make_keeping: Make) -> None:
    keeping = make_keeping()
    keeping.station.sign_on("柜员一")
    keeping.station.begin()
    wait_until(lambda: len(keeping.cases("open")) == 1)
    assert keeping.cases("open")[0]["transaction"]["ending"] == "interrupted"
    assert keeping.cases("open")[0]["alerts"] == []
    keeping.counter.authority.code = NetcheckCode.CARD_LOST
    keeping.station.record_consent()
    keeping.counter.reader.lay_down(keeping.counter.card)
    keeping.counter.wait_for(lambda view: view.alert is not None)
    wait_until(lambda: bool(keeping.cases("open")[0]["alerts"]))
    drafted = keeping.cases("open")[0]["alerts"]
    keeping.station.abandon()
    final = keeping.one_case()["alerts"]
    assert [one["id"] for one in drafted if one["kind"] == "netcheck_result"] == [
        one["id"] for one in final if one["kind"] == "netcheck_result"
    ], "one alert has one id, in the draft and in the case"
    assert keeping.cases("open") == []


@pytest.mark.full
def test_a_decision_that_is_undone_is_not_kept_as_one(make_keeping: Make) -> None:
    keeping = make_keeping()
    keeping.counter.to_decision()
    keeping.station.decide(TellerDecision.REFER, reason="cannot_tell", second_teller="", documents=())
    wait_until(lambda: keeping.cases("open")[0]["decision"]["taken"] == "refer")
    keeping.station.undo()
    wait_until(lambda: keeping.cases("open")[0]["decision"]["taken"] == "none")
    keeping.station.abandon()
    assert keeping.one_case()["decision"] == {"taken": "none"}


@pytest.mark.full
def test_closing_the_window_in_mid_customer_keeps_an_abandoned_case(make_keeping: Make) -> None:
    keeping = make_keeping()
    keeping.counter.to_decision()
    keeping.station.close()
    assert [case["transaction"]["ending"] for case in keeping.cases()] == ["abandoned"]
    assert keeping.cases("open") == []


def test_every_transaction_of_a_day_has_its_number(make_keeping: Make) -> None:
    keeping = make_keeping()
    keeping.station.sign_on("柜员一")
    for _ in range(5):
        keeping.station.begin()
        keeping.station.abandon()
    wait_until(lambda: len(keeping.cases()) == 5)
    assert [case["station_sequence"] for case in keeping.cases()] == [1, 2, 3, 4, 5]
    assert len({case["case_id"] for case in keeping.cases()}) == 5
    assert keeping.cases()[0]["persons"] == []


def test_the_branch_server_is_told_how_the_devices_fare(make_keeping: Make) -> None:
    keeping = make_keeping()
    wait_until(lambda: "ready" in [one["state"] for one in keeping.records.tell_devices()])
    told = keeping.records.tell_devices()
    assert {tuple(one) for one in told} == {("kind", "state", "plugin")}
    assert "camera" in [one["kind"] for one in told]


@pytest.mark.full
def test_without_a_server_relatives_are_unknown_and_the_customer_is_served(make_keeping: Make) -> None:
    keeping = make_keeping()
    view = keeping.counter.to_decision()
    keeping.counter.wait_for(lambda view: "kinship_server_unreachable" in view.reasons)
    assert view.portraits.pairs[EdgeName.LIVE_CHIP] is not PairWord.WAITING
    keeping.station.abandon()
    assert keeping.one_case()["kinship"] == {
        "state": "unknown", "possible_twin": False, "look_alike": False, "why": "kinship_server_unreachable",
    }  # fmt: skip


@pytest.mark.full
@pytest.mark.logs_warnings
def test_a_full_disk_is_told_and_serves_the_customer_all_the_same(make_keeping: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    keeping = make_keeping()

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "made up")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        keeping.counter.to_decision()
        keeping.station.abandon()
        view = keeping.counter.wait_for(lambda view: view.today.unsaved == 1)
        assert view.problem is not None
        assert "磁盘空间不足" in view.problem.zh
        assert view.today.rows[0].kept is Kept.NOT_SAVED
    view = keeping.counter.wait_for(lambda view: view.today.unsaved == 0)
    assert view.today.rows[0].kept is Kept.SAVED
    assert keeping.one_case()["station_sequence"] == 1


@pytest.mark.full
def test_nothing_of_the_customer_is_readable_below_the_stations_folder(make_keeping: Make) -> None:
    keeping = make_keeping(keep_pictures=KeepPictures.ALWAYS)
    keeping.counter.to_decision()
    secrets = (NAME.encode(), NUMBER.encode(), NUMBER[6:14].encode(), b"\xff\xd8\xff", b"\x89PNG", b"/9j/", b"iVBORw0")
    wait_until(lambda: bool(keeping.cases("open")))
    keeping.station.abandon()
    keeping.one_case()
    for path in keeping.folder.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert not [secret for secret in secrets if secret in content], path.name
