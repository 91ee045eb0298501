"""The administrator's pages: people, stations, branches. No case is behind any of them, and no face.

GET shows, POST does and leads back to a page that shows (303); what was refused is told on the page it came from.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from teller_assist.branch_server.forms import Fields, check_form, read_form
from teller_assist.branch_server.once import ShownOnce
from teller_assist.branch_server.page_making import page, refusal_words, told_page
from teller_assist.branch_server.problems import status_of
from teller_assist.branch_server.sessions import COOKIE, logged_in, somebody
from teller_assist.errors import KnownError, UsageError
from teller_assist.review.branches import ALL_BRANCHES
from teller_assist.review.people import LoggedIn, Role
from teller_assist.review.records import BranchRecords
from teller_assist.wording import Sentences, sentence

Act = Callable[[LoggedIn, Fields], Sentences | None]
Show = Callable[..., Response]


def administration_routes(records: BranchRecords) -> APIRouter:
    """Return the administrator's pages."""
    router = APIRouter(include_in_schema=False)
    pages = _AdministrationPages(records)
    router.add_api_route("/people", pages.people, methods=["GET"])
    router.add_api_route("/people", pages.add_person, methods=["POST"])
    router.add_api_route("/people/{login}", pages.one_person, methods=["GET"])
    router.add_api_route("/people/{login}/{act}", pages.change_person, methods=["POST"])
    router.add_api_route("/stations", pages.stations, methods=["GET"])
    router.add_api_route("/stations", pages.make_code, methods=["POST"])
    router.add_api_route("/stations/{station_id}", pages.one_station, methods=["GET"])
    router.add_api_route("/stations/{station_id}/revoke", pages.revoke_station, methods=["POST"])
    router.add_api_route("/branches", pages.branches, methods=["GET"])
    router.add_api_route("/branches", pages.add_branch, methods=["POST"])
    return router


class _AdministrationPages:
    def __init__(self, records: BranchRecords) -> None:
        self._administration = records.administration
        self._records, self._once = records, ShownOnce()

    # ------------------------------------------------------------ people

    def people(self, request: Request) -> Response:
        return self._shown(request, self._people_page)

    async def add_person(self, request: Request) -> Response:
        return await self._done(request, self._add_person, self._people_page, "/people")

    def one_person(self, request: Request, login: str) -> Response:
        return self._shown(request, partial(self._person_page, login=login))

    async def change_person(self, request: Request, login: str, act: str) -> Response:
        acts: dict[str, Act] = {
            "change": partial(self._change_person, login),
            "password": partial(self._renew_password, login),
            "unlock": partial(self._unlock, login),
            "remove": partial(self._remove_person, login),
        }
        show = partial(self._person_page, login=login)
        return await self._done(request, acts.get(act, _unknown), show, "/people")

    def _people_page(self, request: Request, person: LoggedIn, **more: Any) -> Response:
        found = self._administration.people(person)
        return page(request, "people.html", person=person, people=found, **self._choices(person), **more)

    def _person_page(self, request: Request, person: LoggedIn, *, login: str, **more: Any) -> Response:
        found = next((one for one in self._administration.people(person) if one.login == login), None)
        if found is None:
            raise UsageError(what="login")
        return page(request, "person.html", person=person, one=found, **self._choices(person), **more)

    def _choices(self, person: LoggedIn) -> dict[str, Any]:
        branches = self._administration.branches(person)
        names = {one.branch_id: one.name for one in branches}
        roles = {role.value: sentence("person_right", role.value) for role in Role}
        return {"roles": roles, "branches": branches, "branch_names": names}

    def _add_person(self, person: LoggedIn, fields: Fields) -> Sentences:
        login = fields.get("login", "").strip().lower()
        role, branch_id = _role(fields), _branch(fields)
        password = self._administration.add_person(person, login, fields.get("name", ""), role, branch_id)
        return sentence("server", "one_time_password", login=login, password=password)

    def _change_person(self, login: str, person: LoggedIn, fields: Fields) -> None:
        self._administration.change_person(person, login, _role(fields), _branch(fields))

    def _renew_password(self, login: str, person: LoggedIn, _fields: Fields) -> Sentences:
        password = self._administration.renew_password(person, login)
        return sentence("server", "one_time_password", login=login, password=password)

    def _unlock(self, login: str, person: LoggedIn, _fields: Fields) -> None:
        self._administration.unlock(person, login)

    def _remove_person(self, login: str, person: LoggedIn, fields: Fields) -> None:
        _require_confirmed(fields)
        self._administration.remove_person(person, login)

    # ------------------------------------------------------------ stations and branches

    def stations(self, request: Request) -> Response:
        return self._shown(request, self._stations_page)

    async def make_code(self, request: Request) -> Response:
        return await self._done(request, self._make_code, self._stations_page, "/stations")

    def one_station(self, request: Request, station_id: str) -> Response:
        return self._shown(request, partial(self._station_page, station_id=station_id))

    async def revoke_station(self, request: Request, station_id: str) -> Response:
        show = partial(self._station_page, station_id=station_id)
        return await self._done(request, partial(self._revoke, station_id), show, "/stations")

    def branches(self, request: Request) -> Response:
        return self._shown(request, self._branches_page)

    async def add_branch(self, request: Request) -> Response:
        return await self._done(request, self._add_branch, self._branches_page, "/branches")

    def _stations_page(self, request: Request, person: LoggedIn, **more: Any) -> Response:
        found = self._administration.stations(person)
        return page(request, "stations.html", person=person, stations=found, **self._choices(person), **more)

    def _station_page(self, request: Request, person: LoggedIn, *, station_id: str, **more: Any) -> Response:
        found = next((one for one in self._administration.stations(person) if one.station_id == station_id), None)
        if found is None:
            raise UsageError(what="station")
        return page(request, "station.html", person=person, one=found, **self._choices(person), **more)

    def _branches_page(self, request: Request, person: LoggedIn, **more: Any) -> Response:
        return page(request, "branches.html", person=person, **self._choices(person), **more)

    def _make_code(self, person: LoggedIn, fields: Fields) -> Sentences:
        code = self._administration.make_code(person, fields.get("name", ""), _branch(fields))
        return sentence("branch_admin", "enrolment_code", text=code.text)

    def _revoke(self, station_id: str, person: LoggedIn, fields: Fields) -> None:
        _require_confirmed(fields)
        self._administration.revoke_station(person, station_id)

    def _add_branch(self, person: LoggedIn, fields: Fields) -> None:
        self._administration.add_branch(person, fields.get("branch", "").strip().lower(), fields.get("name", ""))

    # ------------------------------------------------------------ what all have in common

    def _shown(self, request: Request, show: Show) -> Response:
        person = somebody(self._records, request)
        if person is None:
            return RedirectResponse("/login", 303)
        try:
            return show(request, person, told=None, once=self._once.take(_session(request)))
        except KnownError as error:
            return told_page(request, error, person)

    async def _done(self, request: Request, act: Act, show: Show, then: str) -> Response:
        fields = await read_form(request)
        return await run_in_threadpool(self._acted, request, fields, act, show, then)

    def _acted(self, request: Request, fields: Fields, act: Act, show: Show, then: str) -> Response:
        person = logged_in(self._records, request)
        check_form(fields, person.form_token)
        try:
            once = act(person, fields)
        except KnownError as error:
            return self._refused(request, error, person, show)
        if once is not None:
            self._once.put(_session(request), once)
        return RedirectResponse(then, 303)

    def _refused(self, request: Request, error: KnownError, person: LoggedIn, show: Show) -> Response:
        """Show the page again with the reason; where that page is refused, too, the reason alone."""
        try:
            answer = show(request, person, told=refusal_words(error), once=None)
        except KnownError:
            return told_page(request, error, person)
        answer.status_code = status_of(error)
        return answer


def _session(request: Request) -> str:
    return request.cookies.get(COOKIE, "")


def _role(fields: Fields) -> Role:
    try:
        return Role(fields.get("role", ""))
    except ValueError as error:
        raise UsageError(what="role") from error


def _branch(fields: Fields) -> str:
    """Return a chosen branch; "*" in a form stands for all: an empty field is none that was chosen."""
    chosen = fields.get("branch", "")
    if not chosen:
        raise UsageError(what="branch")
    return ALL_BRANCHES if chosen == "*" else chosen


def _require_confirmed(fields: Fields) -> None:
    if fields.get("confirmed") != "yes":
        raise UsageError(what="confirmation")


def _unknown(_person: LoggedIn, _fields: Fields) -> None:
    raise UsageError(what="act")
