"""Every wish in every order, from several threads at once, while card, face and authority come and go."""

from __future__ import annotations

import datetime
import random
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

import cv2
import pytest

from teller_assist.errors import CardRemovedError, DeviceMissingError, SessionError
from teller_assist.evidence.id_number import IdNumber
from teller_assist.evidence.identity import NoChip
from teller_assist.evidence.pictures import Pixels
from teller_assist.evidence.printed import DocumentKind, FieldName, ScanFinding, ScanReading
from teller_assist.evidence.transaction import BusinessKind, PersonRole, TellerDecision, TellerJudgement
from teller_assist.settings.personal import Personal
from teller_assist.settings.schema import Settings, TrainingSettings
from teller_assist.wording import codes, sentence
from teller_assist.workflow.counter_session import LOOKING, SCANNABLE, SessionState
from teller_assist.workflow.instruments import Instruments
from teller_assist.workflow.view import Screen, SimulatedView, StationView
from teller_assist.workflow.view_scan import ScanState
from tests.stand_ins.cases import number
from tests.stand_ins.counter import EMPTY_DESK, Counter
from tests.stand_ins.equipment import NAME, NUMBER
from tests.stand_ins.previews import LYING, FastRule, PreviewingScanner, lying, moving
from tests.stand_ins.scans import ToldDocumentReader, ToldScanner, document, reading
from tests.stand_ins.training import training_folder

STEPS = 150
THREADS = 3
Wish = Callable[[], None]


def wishes(counter: Counter, chance: random.Random, file: Path) -> list[Wish]:
    """Return everything that a teller, a customer or bad luck can do; the likelier, the more often it stands here."""
    station, camera = counter.station, counter.camera

    def decide() -> None:
        decision = chance.choice(list(TellerDecision))
        reason = chance.choice(["", *codes("refer_reason"), *codes("reject_reason")])
        documents = tuple(codes("document")[: chance.randrange(3)])
        station.decide(decision, reason=reason, second_teller=chance.choice(["", "柜员一", "柜员九"]), documents=documents)

    born = IdNumber(number(17, f"190001{datetime.date.today().year - 9}0101"))
    child = replace(counter.card, number=Personal(born), birth_date=Personal(born.birth_date))
    often: list[Wish] = [station.begin, station.record_consent, lambda: counter.reader.lay_down(counter.card), decide]
    return [
        *often * 25,
        *[lambda: camera.show(counter.person)] * 10,
        *[lambda: station.judge_first(chance.choice(list(TellerJudgement)))] * 5,
        *[lambda: station.sign_on(chance.choice(["柜员一", "柜员一", "柜员二", "", "\u200b"]))] * 3,
        station.lock,
        station.touch,
        lambda: station.choose_business(chance.choice(list(BusinessKind))),
        lambda: station.choose_role(chance.choice(list(PersonRole))),
        lambda: station.begin(another=True),
        lambda: station.state_identity(chance.choice(list(NoChip)), name=chance.choice([NAME, ""]), number=NUMBER),
        lambda: counter.reader.lay_down(child),
        lambda: station.point_at_face(chance.random(), chance.random()),
        *[station.ask_for_training, lambda: station.judge_training(chance.choice(list(TellerJudgement)))] * 5,
        station.end_training,
        station.forget_training,
        station.read_card_again,
        *[station.scan_document] * 3,
        lambda: station.read_box((0.1, 0.1, chance.random(), 0.5)),
        lambda: station.settle_field(chance.choice(list(FieldName)), Personal(chance.choice([NAME, NUMBER, "", "林二"]))),
        station.ask_authority_again,
        station.note_absence,
        station.note_notice,
        station.take_picture,
        lambda: station.import_picture(file),
        station.refuse_consent,
        station.leave_face_path,
        station.retake,
        station.undo,
        station.abandon,
        station.next_customer,
        lambda: camera.show(EMPTY_DESK),
        lambda: camera.fail(DeviceMissingError(device="camera", why="pulled")),
        lambda: counter.reader.lay_down(CardRemovedError(device="id_card_reader")),
        lambda: counter.authority.may_answer.clear() if chance.random() < 0.3 else counter.authority.may_answer.set(),
    ]


def _readings() -> list[ScanReading]:
    """Every kind of answer, over and over."""
    doubtful, back, other = document(doubtful={FieldName.NAME: (1,)}), document(DocumentKind.BACK), document(name="林二")
    some = [reading(doubtful), reading(finding=ScanFinding.BLANK), reading(back), reading(other)]
    return some * 400


def _camera() -> PreviewingScanner:
    """A document camera under which a card is moved and lies still in turn."""
    scanner = PreviewingScanner()
    scanner.under_lens = cycle([*islice(lying(LYING), 5), *islice(moving(), 3)])
    return scanner


def check(counter: Counter) -> None:
    """Hold one moment against what always is so."""
    station = counter.station
    view = station.view()
    told = repr([value for name, value in vars(view).items() if name != "portraits"])
    assert NAME not in told
    assert NUMBER not in told
    if view.screen in (Screen.LOCKED, Screen.SIGN_ON):
        assert view.identity is None
        assert _pixels(view) == []
        assert view.scan is None
    if view.screen is not Screen.READY:
        assert view.training is None
    if view.judgement_asked:
        assert (view.gauge, view.alert, view.reasons, view.decision.next_step) == (None, None, (), None)
    with station._lock:
        customer, state, pipeline = station._customer, station._session.state, station._counter._pipeline
        permitted = customer is not None and customer.consent is not None
        if pipeline is not None and pipeline.looking.is_set():
            assert permitted, f"a detector may look without consent in {state}"
        assert state not in LOOKING or permitted
        assert customer is None or state in SCANNABLE or customer.scanned.state is not ScanState.WATCHING
        if customer is not None and customer.consent is None:
            assert (customer.capture, customer.chip, customer.netcheck_photo) == (None, None, None)


def _pixels(view: StationView) -> list[Pixels]:
    return [one.pixels for one in (view.portraits.netcheck, view.portraits.live, view.portraits.chip) if one.pixels is not None]


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.full
def test_no_order_of_wishes_breaks_the_station(
    make_counter: Callable[..., Counter], instruments: Instruments, settings: Settings, tmp_path: Path, seed: int
) -> None:
    training = TrainingSettings(str(training_folder(tmp_path / "pairs", "yes", "no")), one_in=1)
    settings = replace(settings, training=training)
    quick = replace(settings, station=replace(settings.station, undo_s=0.2), capture=replace(settings.capture, patience_s=0.5))
    counter = make_counter(
        settings=quick,
        instruments=replace(instruments, document_reader=ToldDocumentReader(*_readings()), new_capture_rule=FastRule),
        scanner=ToldScanner() if seed == 1 else _camera(),
        draw=lambda one_in: one_in - 1,
        simulated=SimulatedView(1, 2, sentence("simulated_material", "caller")),
    )
    file = tmp_path / "customer.png"
    cv2.imwrite(str(file), counter.person)
    counter.station.sign_on("柜员一")
    broken: list[BaseException] = []
    reached: set[SessionState] = set()

    def walk(walker: int) -> None:
        chance = random.Random(100 * seed + walker)  # noqa: S311 (no secret)
        can = wishes(counter, chance, file)
        pause = threading.Event()
        try:
            for _ in range(STEPS):
                with suppress(SessionError):
                    chance.choice(can)()
                check(counter)
                reached.add(counter.station._session.state)
                pause.wait(chance.choice([0, 0.005, 0.02, 0.06]))
        except (AssertionError, ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError) as error:
            broken.append(error)

    walkers = [threading.Thread(target=walk, args=(number,)) for number in range(THREADS)]
    for walker in walkers:
        walker.start()
    for walker in walkers:
        walker.join()
    if broken:
        raise broken[0]
    assert counter.view.problem is None or "程序内部" not in counter.view.problem.zh

    assert SessionState.SEARCHING in reached
    _finish(counter)


def _finish(counter: Counter) -> None:
    """Whatever happened: a teller who signs on can serve a customer to the end."""
    counter.authority.may_answer.set()
    counter.wait_for(lambda view: view.simulated is not None)
    counter.station.sign_on("柜员三")
    counter.wait_for(lambda view: view.screen is Screen.READY)
    with suppress(SessionError):  # one may have been on the way
        counter.station.begin()
    counter.wait_for(lambda view: view.screen is Screen.CUSTOMER)
    counter.station.refuse_consent()
    counter.station.decide(TellerDecision.REFER, reason=codes("refer_reason")[0], second_teller="", documents=())
    assert counter.view.decision.taken is TellerDecision.REFER
