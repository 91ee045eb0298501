"""Stations ask what managers decided, and wait for it: a long poll that holds no thread.

station --answers/1--> first look --nothing new--> ChainWatch: one question to the database every 0.3 s for all who wait
                                                       | an entry about one of the cases was added
                       second look <-------------------+
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse

from teller_assist.alerts.http_signatures import SignedRequest
from teller_assist.alerts.shapes import check_shape
from teller_assist.branch_server.bodies import SMALL_BYTES_MOST
from teller_assist.branch_server.station_api import Signed
from teller_assist.errors import KnownError
from teller_assist.review.answers import Answer, Answers
from teller_assist.review.records import BranchRecords
from teller_assist.settings.logs import Subject, logger_for

LOOK_EVERY_S = 0.3
WAITING_MOST = 300  # more than these are answered at once: their connections are the server's as well


@dataclass(frozen=True)
class _Asked:
    """One checked question, and what was found first."""

    station_id: str
    known: Mapping[str, str]
    wait_s: float
    since: int
    found: list[Answer]

    @property
    def is_news(self) -> bool:
        return _differ(self.found, self.known)


@dataclass(eq=False)
class _Question:
    """One that waits: it is told when an entry is about one of its cases, and when it is over."""

    station_id: str
    case_ids: frozenset[str]
    told: asyncio.Future[None] | None = None
    is_over: bool = False

    def tell(self) -> None:
        if self.told is not None and not self.told.done():
            self.told.set_result(None)

    def end(self) -> None:
        self.is_over = True
        self.tell()


class ChainWatch:
    """Tells those who wait that the audit chain grew by an entry about one of their cases. Lives in the server's event loop.

    One question of a station waits: a newer one, which knows of more cases, lets the older one go.
    """

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._questions: dict[str, _Question] = {}  # by station
        self._read_until = 0
        self._looking: asyncio.Task[None] | None = None
        self._ended = False

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._questions)

    @property
    def is_open(self) -> bool:
        """Whether somebody more may wait."""
        return not self._ended and len(self._questions) < WAITING_MOST

    @contextmanager
    def waiting_of(self, station_id: str, case_ids: frozenset[str]) -> Iterator[_Question]:
        """Have a station's question wait within the block, in place of an older one."""
        older = self._questions.pop(station_id, None)
        if older is not None:
            older.end()
        question = self._questions[station_id] = _Question(station_id, case_ids)
        try:
            yield question
        finally:
            if self._questions.get(station_id) is question:
                del self._questions[station_id]

    async def touched(self, question: _Question, since: int, timeout_s: float) -> int:
        """Wait until an entry after ``since`` may be about one of the cases, or the time is over; returns where to go on from."""
        if self._looking is None or self._looking.done():
            self._read_until = since
            self._looking = asyncio.create_task(self._look())
        if since < self._read_until:
            return self._read_until  # what was read meanwhile may have been about them
        question.told = asyncio.get_running_loop().create_future()
        with suppress(TimeoutError):
            await asyncio.wait_for(question.told, timeout_s)
        return self._read_until

    def end(self) -> None:
        """Let everybody go at once: the server stops."""
        self._ended = True
        for question in self._questions.values():
            question.end()

    async def _look(self) -> None:
        while self._questions and not self._ended:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                until, subjects = await run_in_threadpool(self._answers.touched_since, self._read_until)
            except KnownError as error:  # they are answered when their time is over, and ask again
                logger_for(Subject.BRANCH).error("nobody who waits could be told: %s", error)
                continue
            self._read_until = until
            for question in self._questions.values():
                if question.case_ids & subjects:
                    question.tell()


def answers_routes(records: BranchRecords, signed: Signed, watch: ChainWatch) -> APIRouter:
    """Return the route by which stations wait for a manager's answer."""
    router = APIRouter(prefix="/api/v1", tags=["stations"])

    @router.post("/answers", summary="Wait for what managers decide about this station's cases (signed)")
    async def answers(request: Request) -> JSONResponse:
        asked: list[_Asked] = []

        def handle(sender: SignedRequest, document: Any) -> JSONResponse:
            asked.append(_first_look(records.answers, sender.key_id, document))
            return JSONResponse(records.answers.body(asked[0].found))

        answer = await signed(request, SMALL_BYTES_MOST, handle)
        if not asked or asked[0].is_news or not watch.is_open:
            return answer
        return JSONResponse(records.answers.body(await _wait(records.answers, watch, asked[0])))

    return router


def _first_look(answers: Answers, station_id: str, document: object) -> _Asked:
    told = check_shape(document, "answers/1")
    known = {one["case_id"]: one["known"] for one in told["cases"]}
    since = answers.newest_entry()  # before the look: what is added during it is looked at again
    return _Asked(station_id, known, told["wait_s"], since, answers.find(station_id, known))


async def _wait(answers: Answers, watch: ChainWatch, asked: _Asked) -> list[Answer]:
    loop = asyncio.get_running_loop()
    found, since, end_s = asked.found, asked.since, loop.time() + asked.wait_s
    with watch.waiting_of(asked.station_id, frozenset(asked.known)) as question:
        while not (question.is_over or _differ(found, asked.known)) and loop.time() < end_s:
            since = await watch.touched(question, since, end_s - loop.time())
            found = await run_in_threadpool(answers.find, asked.station_id, asked.known)
    return found


def _differ(found: list[Answer], known: Mapping[str, str]) -> bool:
    return any(one.revision != known[one.case_id] for one in found)
