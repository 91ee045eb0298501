"""Stations ask what managers decided, and wait for it: a long poll that holds no thread.

station --answers/1--> first look --nothing new--> ChainWatch: one question to the database every 0.3 s for all who wait
                                                       | an entry about one of the cases was added
                       second look <-------------------+
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
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
from teller_assist.review.answers import Answer, Answers, answers_body
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


class ChainWatch:
    """Tells those who wait that the audit chain grew by an entry about one of their cases. Lives in the server's event loop."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._waiting: dict[asyncio.Future[None], frozenset[str]] = {}
        self._read_until = 0
        self._looking: asyncio.Task[None] | None = None
        self._ended = False

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting)

    @property
    def is_open(self) -> bool:
        """Whether somebody more may wait."""
        return not self._ended and len(self._waiting) < WAITING_MOST

    async def touched(self, case_ids: frozenset[str], since: int, timeout_s: float) -> int:
        """Wait until an entry after ``since`` may be about one of the cases, or the time is over; returns where to go on from."""
        if self._looking is None or self._looking.done():
            self._read_until = since
            self._looking = asyncio.create_task(self._look())
        if since < self._read_until:
            return self._read_until  # what was read meanwhile may have been about them
        told = asyncio.get_running_loop().create_future()
        self._waiting[told] = case_ids
        try:
            await asyncio.wait_for(told, timeout_s)
        except TimeoutError:
            pass
        finally:
            del self._waiting[told]
        return self._read_until

    def end(self) -> None:
        """Let everybody go at once: the server stops."""
        self._ended = True
        for told in self._waiting:
            _tell(told)

    async def _look(self) -> None:
        while self._waiting and not self._ended:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                until, subjects = await run_in_threadpool(self._answers.touched_since, self._read_until)
            except KnownError as error:  # they are answered when their time is over, and ask again
                logger_for(Subject.BRANCH).error("nobody who waits could be told: %s", error)
                continue
            self._read_until = until
            for told, case_ids in self._waiting.items():
                if case_ids & subjects:
                    _tell(told)


def answers_routes(records: BranchRecords, signed: Signed, watch: ChainWatch) -> APIRouter:
    """Return the route by which stations wait for a manager's answer."""
    router = APIRouter(prefix="/api/v1", tags=["stations"])

    @router.post("/answers", summary="Wait for what managers decide about this station's cases (signed)")
    async def answers(request: Request) -> JSONResponse:
        asked: list[_Asked] = []

        def handle(sender: SignedRequest, document: Any) -> JSONResponse:
            asked.append(_first_look(records.answers, sender.key_id, document))
            return JSONResponse(answers_body(asked[0].found))

        answer = await signed(request, SMALL_BYTES_MOST, handle)
        if not asked or asked[0].is_news or not watch.is_open:
            return answer
        return JSONResponse(answers_body(await _wait(records.answers, watch, asked[0])))

    return router


def _first_look(answers: Answers, station_id: str, document: object) -> _Asked:
    told = check_shape(document, "answers/1")
    known = {one["case_id"]: one["known"] for one in told["cases"]}
    since = answers.newest_entry()  # before the look: what is added during it is looked at again
    return _Asked(station_id, known, told["wait_s"], since, answers.find(station_id, known))


async def _wait(answers: Answers, watch: ChainWatch, asked: _Asked) -> list[Answer]:
    loop = asyncio.get_running_loop()
    found, since, end_s = asked.found, asked.since, loop.time() + asked.wait_s
    while not _differ(found, asked.known) and watch.is_open and loop.time() < end_s:
        since = await watch.touched(frozenset(asked.known), since, end_s - loop.time())
        found = await run_in_threadpool(answers.find, asked.station_id, asked.known)
    return found


def _differ(found: list[Answer], known: Mapping[str, str]) -> bool:
    return any(one.revision != known[one.case_id] for one in found)


def _tell(told: asyncio.Future[None]) -> None:
    if not told.done():
        told.set_result(None)
