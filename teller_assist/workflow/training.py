"""Training pairs between two customers: drawn, judged, announced at once, and counted for the teller alone.

    customer settled ─ drawn ─> two pictures decoded on a worker ─> shown, if the table is still empty ─> judged ─> announced
    a customer begins, at any of these moments ─> the pair goes at once and does not count

Nothing of it is a case, an alert or a log line, and nothing leaves the memory of this program.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from teller_assist.decision.judgement import EdgeName
from teller_assist.decision.training_score import TrainingScore
from teller_assist.errors import KnownError, SessionError, TrainingError
from teller_assist.evidence.transaction import PersonRole, TellerJudgement
from teller_assist.pictures.decode import PictureLimits, read_picture
from teller_assist.settings.schema import Settings
from teller_assist.wording import Sentences, error_sentences
from teller_assist.workflow.customer import Customer
from teller_assist.workflow.portraits import whole_portrait
from teller_assist.workflow.portraits_view import no_portraits, portrait_view
from teller_assist.workflow.training_pairs import TrainingPair, read_training_pairs
from teller_assist.workflow.training_summary import told_of, training_summary
from teller_assist.workflow.triangle import MeasuredPhoto, Triangle
from teller_assist.workflow.view_portraits import PairWord, PortraitsView
from teller_assist.workflow.view_training import TrainingView
from teller_assist.workflow.workers import Work, Workers


@dataclass(frozen=True, eq=False)
class _Shown:
    pair: TrainingPair
    portraits: PortraitsView
    given: TellerJudgement | None = None


class Training:
    """One station's training. Its public methods are called under the station's lock; what takes time runs on a worker.

    Parameters
    ----------
    triangle
        Finds the faces, so that both stand at one scale; None: the pictures are shown whole.
    lock
        The station's.
    table_is_empty
        Whether a pair may be shown now.
    changed
        Called after something changed on a worker.
    draw
        Returns a random whole number from 0 up to, not including, its argument.
    """

    def __init__(
        self,
        settings: Settings,
        triangle: Triangle | None,
        workers: Workers,
        *,
        lock: threading.RLock,
        table_is_empty: Callable[[], bool],
        changed: Callable[[], None],
        draw: Callable[[int], int],
    ) -> None:
        self._settings = settings.training
        self._limits = PictureLimits(settings.pictures.max_bytes, settings.pictures.max_pixels)
        self._triangle, self._workers, self._draw = triangle, workers, draw
        self._lock, self._table_is_empty, self._changed = lock, table_is_empty, changed
        self._pairs: tuple[TrainingPair, ...] = ()
        self._to_come: list[TrainingPair] = []
        self._problem: Sentences | None = None
        self._shown: _Shown | None = None
        self._fetched = 0  # counts what was asked for: a picture that comes after it was given up is dropped
        self._fetching = False
        self._score = TrainingScore()

    def open(self) -> None:
        """Read the list of pairs, where the bank has one."""
        if self._settings.folder:
            self._workers.submit(Work.TRAINING, self._read_list)

    def note_ended(self, customer: Customer) -> None:
        """Draw whether a pair follows a customer who was decided on; after an agent or a guardian the holder follows."""
        concluded = customer.decision is not None and customer.role is PersonRole.HOLDER
        if concluded and self._pairs and self._draw(self._settings.one_in) == 0:
            self._fetch()

    def ask(self) -> None:
        """Have a pair shown now.

        Raises
        ------
        SessionError
            There is none, or one waits to be judged.
        """
        if not self._may_ask():
            raise SessionError(why="no_training_pair")
        self._fetch()

    def judge(self, judgement: TellerJudgement) -> None:
        """Take the teller's judgement and announce what the pair is.

        Raises
        ------
        SessionError
            No pair waits to be judged.
        """
        shown = self._shown
        if shown is None or shown.given is not None:
            raise SessionError(why="no_training_pair")
        self._score = self._score.with_judgement(judgement, one_person=shown.pair.one_person)
        announced = replace(shown.portraits, pairs={**shown.portraits.pairs, EdgeName.CHIP_NETCHECK: PairWord.NOT_COMPARED})
        self._shown = replace(shown, given=judgement, portraits=announced)

    def end(self) -> None:
        """Take the pair away, judged or not; one that is still being fetched will not come."""
        self._fetched += 1
        self._shown, self._fetching = None, False

    def forget(self) -> None:
        """Forget every judgement, and take the pair away."""
        self.end()
        self._score = TrainingScore()

    def view(self, *, blanked: bool) -> TrainingView | None:
        """Return what the window shows between two customers; None where the bank has no training."""
        if not self._settings.folder:
            return None
        if self._problem is not None:
            return TrainingView(problem=self._problem)
        usual = TrainingView(judged=self._score.pairs, summary=training_summary(self._score), may_ask=self._may_ask())
        shown = self._shown
        if shown is None:
            return usual
        shown_view = replace(usual, portraits=no_portraits("blanked") if blanked else shown.portraits, given=shown.given)
        if shown.given is None:
            return shown_view
        right = None if shown.given.point == 0 else (shown.given.point > 0) is shown.pair.one_person
        return replace(shown_view, told=told_of(shown.given, one_person=shown.pair.one_person), right=right)

    def _may_ask(self) -> bool:
        waits = self._shown is not None and self._shown.given is None
        return bool(self._pairs) and not waits and not self._fetching and self._table_is_empty()

    def _fetch(self) -> None:
        self.end()
        self._fetching = True
        if not self._to_come:
            self._to_come = list(self._pairs)  # none comes again before all have come
        pair = self._to_come.pop(self._draw(len(self._to_come)))
        self._workers.submit(Work.TRAINING, self._bring, pair, self._fetched)

    # ---------------------------------------------------------------- on a worker

    def _read_list(self) -> None:
        try:
            pairs = read_training_pairs(Path(self._settings.folder))
        except TrainingError as error:
            self._fail(error)
            return
        with self._lock:
            self._pairs = pairs
        self._changed()

    def _bring(self, pair: TrainingPair, fetched: int) -> None:
        try:
            portraits = self._portraits(pair)
        except KnownError as error:
            self._fail(TrainingError(why=error.reason, line=pair.line))
            return
        with self._lock:
            if fetched != self._fetched:
                return
            self._fetching = False
            if self._table_is_empty():
                self._shown = _Shown(pair, portraits)
        self._changed()

    def _portraits(self, pair: TrainingPair) -> PortraitsView:
        live, chip = (self._photo(path) for path in (pair.first, pair.second))
        return PortraitsView(
            netcheck=no_portraits("no_photo").netcheck,
            live=portrait_view("live", live),
            chip=portrait_view("chip", chip),
            pairs=dict.fromkeys(EdgeName, PairWord.UNSEEN),
        )

    def _photo(self, path: Path) -> MeasuredPhoto:
        picture = read_picture(path, role="training", limits=self._limits)
        if self._triangle is None:
            return MeasuredPhoto(picture, None, whole_portrait(picture.pixels), picture.pixels)
        return self._triangle.measure_photo(picture, has_mesh=False)

    def _fail(self, error: TrainingError) -> None:
        with self._lock:
            self.end()
            self._pairs, self._problem = (), error_sentences(error)
        self._changed()
