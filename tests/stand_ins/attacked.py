"""A branch server under attack: whoever sends something bad gets a refusal, and nothing that the server keeps has changed."""

from __future__ import annotations

import datetime
import json
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import select

from teller_assist.alerts.envelope import seal_case
from teller_assist.alerts.http_signatures import sign_request
from teller_assist.alerts.keys import SigningKey
from teller_assist.review.people import Role
from teller_assist.review.tables import Base, Station
from tests.stand_ins.branch import PASSWORD, EnrolledStation, RunningServer
from tests.stand_ins.cases import made_up_case

# What a refused request may leave: its nonce, a session, an entry of the record, a wrong code.
_MAY_CHANGE = frozenset({"nonces", "login_sessions", "audit_entries", "enrolment_tries", "station_stand"})
_LAST_SEEN = "last_seen"


class AttackedBranch:
    """A server with two branches, a station and a case in each, and somebody of every role."""

    def __init__(self, folder: Path, **more: Any) -> None:
        self.folder = folder
        self.server = RunningServer(folder / "server", **more)
        self.server.records.branches.add("north", "城北支行", actor="test")
        self.stations = {branch: self._enrol(branch) for branch in ("main", "north")}
        self._sequences = {"main": 0, "north": 0}
        self.case_ids = {branch: self.deliver(branch) for branch in ("main", "north")}

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def station(self) -> EnrolledStation:
        return self.stations["main"]

    def stop(self) -> None:
        self.server.stop()

    def _enrol(self, branch: str, name: str = "") -> EnrolledStation:
        station = self.server.enrol(self.folder / branch, name or f"{branch}-1")
        with self.server.records.database.writing() as session:
            session.get_one(Station, station.enrolment.station_id).branch_id = branch
        return station

    def envelope(self, branch: str = "main", **changed: Any) -> dict[str, Any]:
        self._sequences[branch] += 1
        station = self.stations[branch]
        alerts = changed.pop("alerts", (("kinship", "review", "possible_twin"),))
        pictures = changed.pop("pictures", True)
        case = made_up_case(
            self._sequences[branch], station=station.enrolment.station_id, alerts=alerts, pictures=pictures, **changed
        )
        return seal_case(case, recipient=self.server.records.keys.public.recipient, key=station.key)

    def deliver(self, branch: str = "main", **changed: Any) -> str:
        envelope = self.envelope(branch, **changed)
        self.stations[branch].post("/api/v1/cases", envelope)
        return str(envelope["case_id"])

    def signed(
        self,
        path: str,
        body: bytes,
        *,
        key: SigningKey | None = None,
        key_id: str = "",
        late: datetime.timedelta = datetime.timedelta(),
    ) -> requests.PreparedRequest:
        """Return a request that this branch's station signed, or seems to have signed."""
        headers = {"Content-Type": "application/json"}
        request = requests.Request("POST", self.url + path, data=body, headers=headers).prepare()
        now = datetime.datetime.now(datetime.UTC) + late
        sign_request(request, body, key=key or self.station.key, key_id=key_id or self.station.enrolment.station_id, now=now)
        return request

    def takes_a_case(self) -> bool:
        """Whether a good request is served as ever."""
        body = json.dumps(self.envelope()).encode()
        return sent(self.signed("/api/v1/cases", body)).status_code == 201

    @contextmanager
    def somebody(self, role: Role, login: str = "", branch: str = "main") -> Iterator[Somebody]:
        """Give somebody who logged in."""
        login = login or role.value
        self.server.records.people.add(login, "王经理", role, PASSWORD, actor="test", branch_id=branch)
        with closing(self.server.log_in_again(login)) as session:
            token = session.get(f"{self.url}/api/v1/session").json()["form_token"]
            yield Somebody(self.url, session, token)

    def kept(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return everything in the database but what a refused request may leave."""
        found = {}
        with self.server.records.database.reading() as session:
            for table in Base.metadata.sorted_tables:
                if table.name not in _MAY_CHANGE:
                    columns = [column for column in table.columns if column.name != _LAST_SEEN]
                    found[table.name] = sorted(repr(tuple(row)) for row in session.execute(select(*columns)))
        return found  # type: ignore[return-value]


class Somebody:
    """Somebody's browser or program."""

    def __init__(self, url: str, session: requests.Session, token: str) -> None:
        self.url, self.session, self.token = url, session, token

    def get(self, path: str) -> requests.Response:
        return self.session.get(self.url + path, allow_redirects=False, timeout=10)

    def form(self, path: str, token: str | None = None, **fields: str) -> requests.Response:
        sent_token = self.token if token is None else token
        body = {"form_token": sent_token, **fields}
        return self.session.post(self.url + path, data=body, allow_redirects=False, timeout=30)

    def post(self, path: str, document: Any, token: str | None = None) -> requests.Response:
        headers = {"X-Form-Token": self.token if token is None else token}
        return self.session.post(self.url + path, json=document, headers=headers, allow_redirects=False, timeout=10)


def sent(request: requests.PreparedRequest) -> requests.Response:
    """Send a request as it is, past every proxy."""
    with requests.Session() as session:
        session.trust_env = False
        return session.send(request, timeout=30, allow_redirects=False)


def raw(url: str, data: bytes, *, wait_s: float = 10.0) -> tuple[int, bytes]:
    """Send bytes that no client library would; returns the status, 0 where the connection was only closed, and the answer."""
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), wait_s) as connection:
        answer = b""
        try:
            connection.sendall(data)
            while True:
                chunk = connection.recv(65536)
                if not chunk:
                    break
                answer += chunk
        except (ConnectionError, TimeoutError):
            pass
    status = answer.split(b" ", 2)[1:2]
    return (int(status[0]) if status and status[0].isdigit() else 0), answer


def refusal(answer: requests.Response) -> tuple[int, str]:
    """Return the status and reason of a refusal in its form."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text[:200]
    problem = answer.json()
    assert problem["status"] == answer.status_code
    return answer.status_code, str(problem["reason"])
