"""The forms of a review: a finding, a signature, two different people, an evidence pack. Each leads back to the case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar
from urllib.parse import quote

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from teller_assist.branch_server.forms import Fields, check_form, read_form
from teller_assist.branch_server.packs_ready import PacksReady
from teller_assist.branch_server.page_making import page, told_page
from teller_assist.branch_server.sessions import logged_in, somebody
from teller_assist.errors import KnownError, RequestError
from teller_assist.review.evidence_pack.content import PackPurpose
from teller_assist.review.people import LoggedIn
from teller_assist.review.records import BranchRecords
from teller_assist.review.review_kinds import Finding, ReviewOutcome, Round
from teller_assist.review.rights import Action, require

Code = TypeVar("Code", bound=StrEnum)
_DIGITS_MOST = 15


@dataclass(frozen=True)
class Sent:
    """A form that somebody sent about a case."""

    request: Request
    person: LoggedIn
    case_id: str
    fields: Fields

    def field(self, name: str) -> str:
        """Return a field; "" where it was left out."""
        return self.fields.get(name, "")

    def code(self, name: str, codes: type[Code]) -> Code:
        """Return a field that holds a code of a closed list.

        Raises
        ------
        RequestError
            "body_malformed"
        """
        try:
            return codes(self.field(name))
        except ValueError as error:
            raise RequestError("body_malformed") from error

    def back(self) -> Response:
        """Return the way back to the case."""
        return RedirectResponse(f"/cases/{quote(self.case_id)}", 303)


Act = Callable[[Sent], Response]


def review_page_routes(records: BranchRecords) -> APIRouter:
    """Return the pages."""
    router = APIRouter(include_in_schema=False)
    forms = _Forms(records)
    for path, act in (
        ("findings", forms.find),
        ("sign-offs", forms.sign),
        ("different-people", forms.note_different),
        ("evidence-pack", forms.make_pack),
    ):
        router.add_api_route(f"/cases/{{case_id}}/{path}", forms.form(act), methods=["POST"])
    router.add_api_route("/evidence-packs/{token}", forms.fetch_pack, methods=["GET"])
    return router


class _Forms:
    def __init__(self, records: BranchRecords) -> None:
        self._records, self._packs = records, PacksReady()

    def form(self, act: Act) -> Callable[[Request, str], object]:
        async def taken(request: Request, case_id: str) -> Response:
            return await run_in_threadpool(self._taken, request, case_id, await read_form(request), act)

        return taken

    def _taken(self, request: Request, case_id: str, fields: Fields, act: Act) -> Response:
        person = somebody(self._records, request)
        if person is None:
            return RedirectResponse("/login", 303)
        try:
            check_form(fields, person.form_token)
            return act(Sent(request, person, case_id, fields))
        except KnownError as error:
            return told_page(request, error, person)

    def find(self, sent: Sent) -> Response:
        round_, finding = sent.code("round", Round), sent.code("finding", Finding)
        outcome, note = sent.code("outcome", ReviewOutcome), sent.field("note").replace("\r\n", "\n")
        self._records.reviewing.record_finding(sent.person, sent.case_id, round_, finding, outcome, note)
        return sent.back()

    def sign(self, sent: Sent) -> Response:
        number, agreed = sent.field("finding"), sent.field("agreed")
        if not number.isdecimal() or len(number) > _DIGITS_MOST or agreed not in ("yes", "no"):
            raise RequestError("body_malformed")
        self._records.reviewing.sign_off(sent.person, sent.case_id, int(number), agreed=agreed == "yes")
        return sent.back()

    def note_different(self, sent: Sent) -> Response:
        other = sent.field("other_case").strip().lower().rpartition("/")[2]
        self._records.look_alikes.add(sent.person, sent.case_id, other, sent.field("marks").replace("\r\n", "\n"))
        return sent.back()

    def make_pack(self, sent: Sent) -> Response:
        """Make a pack and show its passphrase, once; the file is fetched from the same page, by the same person."""
        pack = self._records.evidence_packs.make(sent.person, sent.case_id, sent.code("purpose", PackPurpose))
        token = self._packs.put(sent.person.login, pack.file_name, pack.data)
        return page(sent.request, "pack.html", person=sent.person, case_id=sent.case_id, pack=pack, token=token)

    def fetch_pack(self, request: Request, token: str) -> Response:
        person = logged_in(self._records, request)
        require(person, Action.MAKE_EVIDENCE_PACK)
        file_name, data = self._packs.take(person.login, token)
        headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
        return Response(data, media_type="application/octet-stream", headers=headers)
