"""The branch server against its own description: whatever fits /openapi.json, or nearly, is answered as it says, never with 500.

schemathesis makes the requests; a fixed seed, so many for each route that all of it ends within a minute.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck
from requests.auth import AuthBase
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from teller_assist.alerts.http_signatures import sign_request
from teller_assist.branch_server.limits import RateLimit
from teller_assist.review.people import Role
from tests.stand_ins.attacked import AttackedBranch
from tests.stand_ins.branch import EnrolledStation
from tests.stand_ins.databases import CURRENT

EXAMPLES = 6
_CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture(autouse=True, scope="module")
def _on_both(database_kind: str) -> None:
    """Everything, once on each database."""


@pytest.fixture
def branch(tmp_path: Path) -> Iterator[AttackedBranch]:
    running = AttackedBranch(tmp_path, limit=RateLimit(per_minute=100_000))
    yield running
    running.stop()
    CURRENT.drop_below(tmp_path)


class Signs(AuthBase):
    """Signs what is about to be sent, as a station does."""

    def __init__(self, station: EnrolledStation) -> None:
        self._station = station

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        if isinstance(body, bytes):
            key_id, now = self._station.enrolment.station_id, datetime.datetime.now(datetime.UTC)
            sign_request(request, body, key=self._station.key, key_id=key_id, now=now)
        return request


@pytest.mark.full
@pytest.mark.parametrize("who", ["stranger", "station", *Role])
def test_everything_is_answered_as_the_document_says(branch: AttackedBranch, who: str) -> None:
    with ExitStack() as undo:
        session = undo.enter_context(requests.Session())
        if who == "station":
            session.auth = Signs(branch.station)
        elif who != "stranger":
            role = Role(who)
            somebody = undo.enter_context(branch.somebody(role, branch="" if role in (Role.AUDITOR, Role.IT) else "main"))
            session = somebody.session
            session.headers["X-Form-Token"] = somebody.token
        session.trust_env = False
        document = requests.get(f"{branch.url}/openapi.json", timeout=10).json()
        schema = schemathesis.openapi.from_dict(document)
        schema.config.update(base_url=branch.url)
        tried = 0
        for found in schema.get_all_operations():
            operation = found.ok() if hasattr(found, "ok") else None
            assert operation is not None, found
            tried += _tried(operation, session, branch)
    assert tried > len(document["paths"]) * EXAMPLES
    assert branch.takes_a_case()


def _tried(operation: Any, session: requests.Session, branch: AttackedBranch) -> int:
    """Try one route with what fits and what does not; returns how often."""
    count = [0]
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

        @hypothesis.seed(20261201)
        @hypothesis.settings(
            max_examples=EXAMPLES, database=None, deadline=None, suppress_health_check=list(HealthCheck), derandomize=False
        )
        @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
        def one(case: Any) -> None:
            if "case_id" in (case.path_parameters or {}) and count[0] % 2:
                case.path_parameters["case_id"] = branch.case_ids["main"]
            count[0] += 1
            case.call_and_validate(session=session, checks=_CHECKS, timeout=10)

        try:
            one()
        except hypothesis.errors.Unsatisfiable:  # nothing can be wrong about a route that takes nothing
            assert mode is GenerationMode.NEGATIVE
    return count[0]


def test_the_document_tells_every_refusal_and_every_body(branch: AttackedBranch) -> None:
    document = requests.get(f"{branch.url}/openapi.json", timeout=10).json()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert (method == "post") == ("requestBody" in operation), f"{method} {path}"
            for status, answer in operation["responses"].items():
                wanted = {"application/problem+json"} if int(status) >= 400 else {"application/json", "text/plain"}
                assert set(answer["content"]) <= wanted, f"{method} {path} {status}"
    assert "HTTPValidationError" not in str(document)
