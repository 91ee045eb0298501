"""The demonstration's own branch: a real server's process, a station enrolled with it, all in a folder that goes away."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import requests

from teller_assist.alerts.enrolling import enrol_station
from teller_assist.alerts.enrolment import KEY_NAME, Enrolment
from teller_assist.alerts.keys import SigningKey
from teller_assist.alerts.offline_sign_on import OfflineSignOns
from teller_assist.alerts.sign_on_papers import sign_on_request
from teller_assist.alerts.station_records import StationRecords, open_station_records, station_secrets
from teller_assist.demonstration.server_process import ServerProcess
from teller_assist.errors import BranchUnreachableError, BugError
from teller_assist.evidence.id_number import IdNumber
from teller_assist.review.audit_check import ChainFault, check_chain, read_audit
from teller_assist.review.database import FILE
from teller_assist.review.people import Role
from teller_assist.review.records import BranchRecords
from teller_assist.settings.personal import Personal
from teller_assist.settings.schema import Settings

ACTOR = "demonstration"
MANAGER = "manager"
_STATION_NAME = "演示柜台"
_TIMEOUT_S = 10.0
_FORM_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')


@dataclass(frozen=True)
class MadeUpTeller:
    """Somebody who signs on at the demonstration's station; the password was drawn for this one run."""

    login: str
    name: str
    password: Personal[str]


class DemonstrationBranch:
    """Everything of one demonstration that is not the station.

    Parameters
    ----------
    folder
        Private, empty; whoever made it removes it.
    relatives
        Numbers that the register holds from the beginning.
    settings
        Of the whole program: the server's process reads the same.

    Attributes
    ----------
    teller, second_teller
        Who serves, and who signs beside them.

    Raises
    ------
    BranchUnreachableError
        The server did not start.
    """

    def __init__(self, folder: Path, relatives: Iterable[IdNumber], settings: Settings) -> None:
        self._data = folder / "server"
        self._password = secrets.token_urlsafe(16)
        self.teller, self.second_teller = _made_up("teller", "演示柜员"), _made_up("second", "演示柜员二")
        self._settings = replace(settings.branch, data_folder=str(folder / "station"))
        self._suite_name = settings.branch_server.suite
        code = self._prepare(relatives)
        self._server = ServerProcess("branch-server", "--data", str(self._data))
        self._server.start()
        try:
            self._know_tellers(enrol_station(self._settings, code, self.url, _STATION_NAME, key_in_file=True))
        except BaseException:
            self.stop()
            raise

    @property
    def url(self) -> str:
        """The server's address."""
        return self._server.url

    def start(self) -> None:
        """Start the server's process again, at the same port as before."""
        self._server.start()

    def stop(self) -> None:
        """End the server's process; may be called twice."""
        self._server.stop()

    def open_records(self) -> StationRecords:
        """Open the enrolled station's records."""
        records = open_station_records(self._settings)
        if records is None:
            raise BugError("the demonstration's station is not enrolled")
        return records

    def cases(self) -> list[dict[str, Any]]:
        """Return the server's cases as it lists them to a manager, in the order of the station's sequence.

        Raises
        ------
        BranchUnreachableError
            The server does not answer.
        """
        try:
            with requests.Session() as session:
                session.trust_env = False
                form = session.get(f"{self.url}/login", timeout=_TIMEOUT_S)
                token = _FORM_TOKEN.search(form.text)
                fields = {"login": MANAGER, "password": self._password, "form_token": token[1] if token else ""}
                session.post(f"{self.url}/login", data=fields, timeout=_TIMEOUT_S)
                listed = session.get(f"{self.url}/api/v1/cases", params={"size": 100}, timeout=_TIMEOUT_S)
                listed.raise_for_status()
                found: list[dict[str, Any]] = listed.json()["cases"]
        except requests.RequestException as error:
            raise BranchUnreachableError(why="no_connection") from error
        return sorted(found, key=lambda case: int(case["station_sequence"]))

    def audit(self) -> tuple[int, ChainFault | None]:
        """Return how many entries the audit chain has, and its first fault, checked against the station's receipts."""
        receipts = Path(self._settings.data_folder) / "receipts.jsonl"
        record = read_audit(self._data / FILE, receipts if receipts.is_file() else None)
        return len(record.links), check_chain(record)

    def _know_tellers(self, enrolment: Enrolment) -> None:
        """Have the station know its tellers as from the day before: a server that is away from now on holds up no customer."""
        folder = Path(self._settings.data_folder)
        offline = OfflineSignOns(folder, enrolment, SigningKey(station_secrets(folder, in_file=True).read(KEY_NAME)))
        records = BranchRecords(self._data, suite_name=self._suite_name)
        try:
            for one in (self.teller, self.second_teller):
                station, recipient = enrolment.station_id, enrolment.server.recipient
                asked = sign_on_request(one.login, one.password.reveal(), station, secrets.token_hex(16), recipient)
                offline.keep(records.sign_ons.sign_on(station, asked), one.password.reveal())
        finally:
            records.close()

    def _prepare(self, relatives: Iterable[IdNumber]) -> str:
        records = BranchRecords(self._data, suite_name=self._suite_name)
        try:
            records.people.add(MANAGER, "演示主管", Role.MANAGER, self._password, actor=ACTOR)
            for one in (self.teller, self.second_teller):
                records.people.add(one.login, one.name, Role.TELLER, one.password.reveal(), actor=ACTOR)
            records.add_relatives(relatives, actor=ACTOR)
            return records.stations.make_code(_STATION_NAME, actor=ACTOR).text
        finally:
            records.close()


def _made_up(login: str, name: str) -> MadeUpTeller:
    return MadeUpTeller(login, name, Personal(secrets.token_urlsafe(16)))
