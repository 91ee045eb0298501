"""Server-sent events: open pages are told that the list changed. They fetch what they show themselves, with their own rights.

One question to the database twice a second for all pages together; none while no page is open.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import suppress

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from teller_assist.branch_server.sessions import logged_in
from teller_assist.errors import KnownError, LoginError, RequestError
from teller_assist.review.records import BranchRecords
from teller_assist.review.rights import Action, require
from teller_assist.settings.logs import Subject, logger_for

LOOK_EVERY_S = 0.5
STILL_HERE_EVERY_S = 15.0  # also how soon a page whose session is over is told so
PAGES_MOST = 300
_RETRY_MS = 3000


class ListPulse:
    """Wakes every open page once the audit chain holds an entry that changes the list. Lives in the server's event loop."""

    def __init__(self, records: BranchRecords) -> None:
        self._records = records
        self._pages = 0
        self._changed = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None
        self._ended = False

    @property
    def pages(self) -> int:
        """How many pages are open."""
        return self._pages

    async def beats(self) -> AsyncIterator[bool]:
        """Yield True for every change, False when a while went by without one; ends with the server."""
        self._pages += 1
        try:
            if self._looking is None or self._looking.done():
                newest = await run_in_threadpool(self._records.cases.newest_change)
                if self._looking is None or self._looking.done():
                    self._looking = asyncio.create_task(self._look(newest))
            while not self._ended:
                changed = self._changed
                with suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), STILL_HERE_EVERY_S)
                if not self._ended:
                    yield changed.is_set()
        finally:
            self._pages -= 1

    def end(self) -> None:
        """Let every page go: the server stops."""
        self._ended = True
        self._changed.set()

    async def _look(self, newest: int) -> None:
        while self._pages and not self._ended:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                found = await run_in_threadpool(self._records.cases.newest_change)
            except KnownError as error:  # the database is away: pages are told once it is back
                logger_for(Subject.BRANCH).error("open pages could not be told: %s", error)
                continue
            if found != newest:
                newest, changed = found, self._changed
                self._changed = asyncio.Event()
                changed.set()


def live_routes(records: BranchRecords, pulse: ListPulse) -> APIRouter:
    """Return the stream that open pages listen to."""
    router = APIRouter(include_in_schema=False)

    @router.get("/live")
    async def live(request: Request) -> Response:
        await run_in_threadpool(_check, records, request)
        if pulse.pages >= PAGES_MOST:
            raise RequestError("too_many_requests", retry_after_s=60)
        return StreamingResponse(_events(records, request, pulse), media_type="text/event-stream")

    return router


async def _events(records: BranchRecords, request: Request, pulse: ListPulse) -> AsyncIterator[str]:
    yield f"retry: {_RETRY_MS}\n\n"
    numbers = itertools.count(1)
    async for changed in pulse.beats():
        try:
            await run_in_threadpool(_check, records, request)
        except LoginError:
            yield "event: over\ndata: -\n\n"
            return
        yield f"event: changed\ndata: {next(numbers)}\n\n" if changed else ": still here\n\n"


def _check(records: BranchRecords, request: Request) -> None:
    """See that somebody who may see the list is logged in; an open page alone does not count as being at work."""
    require(logged_in(records, request, counts_as_use=False), Action.LIST_CASES)
