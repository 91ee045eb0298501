"""The manager's page of one case: every picture at one scale, both readings, fields, timeline; and one picture raw."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from teller_assist.branch_server import review_words
from teller_assist.branch_server.case_fields import persons_told
from teller_assist.branch_server.case_pictures import picture_told, pictures_told
from teller_assist.branch_server.case_readings import readings_told
from teller_assist.branch_server.case_timeline import timeline
from teller_assist.branch_server.page_making import page, told_page
from teller_assist.branch_server.sessions import logged_in, somebody
from teller_assist.errors import KnownError, RequestError
from teller_assist.review.people import LoggedIn
from teller_assist.review.records import BranchRecords

_WIDE_PX, _NARROW_PX, _BETWEEN_PX = 14, 8, 28  # of the watermark's letters: Chinese ones, others; and the space after them
_LAST_NARROW = "\u02ff"


@dataclass(frozen=True)
class Watermark:
    """What lies over every face: who looks, and when.

    Attributes
    ----------
    width_px
        How wide it is written.
    """

    text: str
    width_px: int

    @classmethod
    def of(cls, person: LoggedIn, now: datetime.datetime) -> Watermark:
        """Return the watermark of somebody's look."""
        text = f"{person.name} {person.login} {now:%Y-%m-%d %H:%M}"
        return cls(text, sum(_NARROW_PX if letter <= _LAST_NARROW else _WIDE_PX for letter in text) + _BETWEEN_PX)


def case_routes(records: BranchRecords) -> APIRouter:
    """Return the pages of one case."""
    router = APIRouter(include_in_schema=False)
    pages = _CasePages(records)
    router.add_api_route("/cases/{case_id}", pages.case, methods=["GET"])
    router.add_api_route("/cases/{case_id}/pictures/{role}", pages.picture, methods=["GET"])
    router.add_api_route("/cases/{case_id}/pictures/{role}/raw", pages.raw, methods=["GET"])
    return router


class _CasePages:
    def __init__(self, records: BranchRecords) -> None:
        self._records = records

    def case(self, request: Request, case_id: str) -> Response:
        person = somebody(self._records, request)
        if person is None:
            return RedirectResponse("/login", 303)
        try:
            listed, case = self._records.cases.one(person, case_id)
            links = self._records.cases.events(person, case_id)
            review = self._records.reviewing.of(person, case_id)
            look_alikes = self._records.look_alikes.about(person, case_id)
        except KnownError as error:
            return told_page(request, error, person)
        return page(
            request,
            "case.html",
            person=person,
            listed=listed,
            case=case,
            pictures=pictures_told(case),
            readings=readings_told(case),
            persons=persons_told(case),
            timeline=timeline(case, listed, links),
            watermark=_watermark(person),
            review=review,
            review_words=review_words,
            look_alikes=look_alikes,
        )

    def raw(self, request: Request, case_id: str, role: str) -> Response:
        person = somebody(self._records, request)
        if person is None:
            return RedirectResponse("/login", 303)
        try:
            listed, case = self._records.cases.one(person, case_id)
        except KnownError as error:
            return told_page(request, error, person)
        picture = picture_told(case, role)
        if picture is None:
            return told_page(request, RequestError("not_found"), person)
        return page(request, "raw.html", person=person, listed=listed, picture=picture, watermark=_watermark(person))

    def picture(self, request: Request, case_id: str, role: str) -> Response:
        data, media_type = self._records.cases.picture(logged_in(self._records, request), case_id, role)
        return Response(data, media_type=media_type)


def _watermark(person: LoggedIn) -> Watermark:
    return Watermark.of(person, datetime.datetime.now().astimezone())
