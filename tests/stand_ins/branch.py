"""A real branch server on a real port, in a thread of the test's own process; and a station that is enrolled with it."""

from __future__ import annotations

import datetime
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from argon2 import PasswordHasher

from teller_assist.alerts.branch_client import BranchHttp
from teller_assist.alerts.enrolling import enrol_station
from teller_assist.alerts.enrolment import KEY_NAME, Enrolment
from teller_assist.alerts.keys import SigningKey
from teller_assist.alerts.station_records import StationRecords, open_station_records
from teller_assist.branch_server.application import make_app
from teller_assist.branch_server.limits import RateLimit
from teller_assist.branch_server.provider import SignInProvider
from teller_assist.errors import SecretsError
from teller_assist.review.people import Role
from teller_assist.review.records import BranchRecords
from teller_assist.serving import Address, HttpServer, server_config
from teller_assist.settings.schema import BranchSettings
from tests.stand_ins.databases import address_of
from tests.stand_ins.equipment import wait_until

PASSWORD = "a-manager's-password"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class MemorySecrets:
    """Secrets that are gone with the test."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def read(self, name: str) -> bytes:
        if name not in self._kept:
            raise SecretsError("key_missing")
        return self._kept[name]

    def write(self, name: str, secret: bytes) -> None:
        self._kept[name] = secret


@dataclass(frozen=True)
class EnrolledStation:
    """A station of a test."""

    enrolment: Enrolment
    key: SigningKey
    settings: BranchSettings
    secrets: MemorySecrets

    @property
    def folder(self) -> Path:
        return Path(self.settings.data_folder)

    def open(self) -> StationRecords:
        records = open_station_records(self.settings, secrets=self.secrets)
        assert records is not None
        return records

    def post(self, path: str, document: Any) -> Any:
        http = BranchHttp(self.enrolment.url, 10)
        try:
            return http.post(path, document, key=self.key, key_id=self.enrolment.station_id)
        finally:
            http.close()


class RunningServer:
    """The server; may be stopped and started again at the same port."""

    def __init__(self, data: Path, **more: Any) -> None:
        self.data = data
        self._limit: RateLimit | None = more.pop("limit", None)
        self._guesses: RateLimit | None = more.pop("guesses", None)
        self._provider: Callable[[str], SignInProvider] | None = more.pop("provider", None)
        self._more = more
        self._port = 0
        self.start()

    def start(self) -> None:
        self.records = BranchRecords(self.data, database=address_of(self.data), hasher=QUICK, **self._more)
        self.records.recent_faces.begin()
        if not self._port and self._provider is not None:  # it must know the address before there is an application
            self._port = free_port()
        provider = None if self._provider is None else self._provider(self.url)
        app = make_app(self.records, secure_cookies=False, limit=self._limit, guesses=self._guesses, provider=provider)
        self.watch = app.state.watch
        config = server_config(app, Address("127.0.0.1", self._port))
        config.port = self._port
        self._server = HttpServer(config)
        self._thread = threading.Thread(target=self._server.run, name="branch-server")
        self._thread.start()
        wait_until(lambda: self._server.started)
        self._port = self._server.servers[0].sockets[0].getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def identity(self) -> str:
        """What opens envelopes."""
        return self.records.keys.identity

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()
        self.records.close()

    def enrol(self, folder: Path, name: str = "3号柜台", **changed: Any) -> EnrolledStation:
        usual = {"data_folder": str(folder), "retry_first_s": 0.1, "retry_most_s": 1.0, "timeout_s": 5.0}
        settings = BranchSettings(**{**usual, **changed})
        secrets = MemorySecrets()
        code = self.records.stations.make_code(name, actor="test")
        enrolment = enrol_station(settings, code.text, self.url, name, key_in_file=False, secrets=secrets)
        return EnrolledStation(enrolment, SigningKey(secrets.read(KEY_NAME)), settings, secrets)

    def log_in(self, role: Role = Role.MANAGER, login: str = "manager", **more: Any) -> requests.Session:
        """Return somebody's session, logged in through the page as a person does."""
        self.records.people.add(login, "王经理", role, PASSWORD, actor="test", **more)
        return self.log_in_again(login)

    def log_in_again(self, login: str) -> requests.Session:
        """Return a session of somebody who is known."""
        session, answer = self.try_to_log_in(login, PASSWORD)
        assert answer.status_code == 200
        return session

    def try_to_log_in(self, login: str, password: str) -> tuple[requests.Session, requests.Response]:
        """Fill the page's form in."""
        session = requests.Session()
        session.trust_env = False
        token = form_token(session.get(f"{self.url}/login").text)
        answer = session.post(f"{self.url}/login", data={"login": login, "password": password, "form_token": token})
        return session, answer

    def case_ids(self) -> list[str]:
        """Every case, by station and sequence."""
        with self.records.database.reading() as session:
            from sqlalchemy import select

            from teller_assist.review.tables import Case

            return list(session.scalars(select(Case.case_id).order_by(Case.station_id, Case.sequence)))


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def form_token(page: str) -> str:
    """Return what a page's forms carry."""
    return page.partition('name="form_token" value="')[2].partition('"')[0]


def fixed_clock(moment: datetime.datetime) -> tuple[Callable[[], datetime.datetime], Callable[[datetime.timedelta], None]]:
    """Return a clock that stands still, and what moves it."""
    now = [moment]

    def move(by: datetime.timedelta) -> None:
        now[0] += by

    return (lambda: now[0]), move
