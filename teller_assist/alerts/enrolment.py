"""How a station becomes known to a branch server, and what it remembers of it.

code = one-time secret + fingerprint of the server's keys
station --GET keys--> server          the fingerprint in the code tells whether it is the right one
station --secret sealed to it--> server --id, signed--> station
"""

from __future__ import annotations

import base64
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from teller_assist.alerts.canonical import canonical_bytes, from_base64, to_base64
from teller_assist.alerts.durable import make_private_folder, write_durably
from teller_assist.alerts.keys import FINGERPRINT_CHARACTERS, ServerKeys, SigningKey, is_signed, seal_to
from teller_assist.alerts.shapes import check_shape
from teller_assist.errors import EnrolmentError, OutboxError, RecordError

STATION_FILE = "station.json"
KEY_NAME = "station"
SECRET_BYTES = 10
SECRET_CHARACTERS = 16
_GROUP = 4


@dataclass(frozen=True)
class EnrolmentCode:
    """What whoever runs the branch server reads out to whoever sets up a station."""

    secret: str
    fingerprint: str

    def __repr__(self) -> str:
        return f"EnrolmentCode(***, {self.fingerprint})"

    @property
    def text(self) -> str:
        """The code in groups of four."""
        whole = self.secret + self.fingerprint
        return "-".join(whole[start : start + _GROUP] for start in range(0, len(whole), _GROUP))


def parse_code(text: str) -> EnrolmentCode:
    """Read a code as a person typed it: case, spaces and hyphens do not matter.

    Raises
    ------
    EnrolmentError
        "enrolment_code_bad"
    """
    typed = "".join(text.upper().replace("-", " ").split())
    if len(typed) != SECRET_CHARACTERS + FINGERPRINT_CHARACTERS:
        raise EnrolmentError("enrolment_code_bad")
    try:
        base64.b32decode(typed)
    except ValueError as error:
        raise EnrolmentError("enrolment_code_bad") from error
    return EnrolmentCode(typed[:SECRET_CHARACTERS], typed[SECRET_CHARACTERS:])


@dataclass(frozen=True)
class Enrolment:
    """What a station remembers of its branch server; no secret is in it.

    Attributes
    ----------
    key_in_file
        The station's key is in a file, not in the system's keyring.
    """

    station_id: str
    station_name: str
    url: str
    server: ServerKeys
    key_in_file: bool


def records_folder(named: str) -> Path:
    """Return the folder of the station's records: the setting's, or the system's usual place."""
    if named:
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData")) / "teller-assist" / "records"
    state = os.environ.get("XDG_STATE_HOME", "")
    return (Path(state) if state else Path.home() / ".local" / "state") / "teller-assist"


def read_enrolment(folder: Path) -> Enrolment | None:
    """Read what a station remembers; None where it is not enrolled.

    Raises
    ------
    OutboxError
        "outbox_damaged": the file is there and is none.
    """
    try:
        body: dict[str, Any] = json.loads((folder / STATION_FILE).read_text(encoding="utf-8"))
        server = ServerKeys.from_body(check_shape({"schema": "server_keys/1", **body["server"]}, "server_keys/1"))
        return Enrolment(str(body["station_id"]), str(body["station_name"]), str(body["url"]), server, bool(body["key_in_file"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, RecordError) as error:
        raise OutboxError("outbox_damaged", file=STATION_FILE) from error


def write_enrolment(folder: Path, enrolment: Enrolment) -> None:
    """Remember it.

    Raises
    ------
    ResourceError
        The folder cannot be written to.
    """
    make_private_folder(folder)
    body = {
        "station_id": enrolment.station_id,
        "station_name": enrolment.station_name,
        "url": enrolment.url,
        "server": enrolment.server.to_body(),
        "key_in_file": enrolment.key_in_file,
    }
    write_durably(folder / STATION_FILE, json.dumps(body, ensure_ascii=False, indent=1).encode("utf-8"))


def checked_server(answer: object, code: EnrolmentCode) -> ServerKeys:
    """Return the keys that a server shows, if the code's fingerprint is theirs.

    Raises
    ------
    ShapeError
        The answer is no server_keys/1.
    EnrolmentError
        "server_not_the_pinned_one"
    """
    keys = ServerKeys.from_body(check_shape(answer, "server_keys/1"))
    if keys.fingerprint != code.fingerprint:
        raise EnrolmentError("server_not_the_pinned_one")
    return keys


def enrolment_request(code: EnrolmentCode, station_name: str, key: SigningKey, server: ServerKeys) -> dict[str, Any]:
    """Return the enrolment/1 document: only this server can read the secret, and only the key's owner could sign it."""
    asked = {
        "station_name": station_name,
        "verify_key": to_base64(key.verify_key),
        "secret_sealed": to_base64(seal_to(server.recipient, code.secret.encode("ascii"))),
    }
    return {"schema": "enrolment/1", **asked, "proof": to_base64(key.sign(canonical_bytes(asked)))}


def checked_answer(answer: object, key: SigningKey, server: ServerKeys) -> str:
    """Return the station's id from the server's answer.

    Raises
    ------
    ShapeError
        It is no enrolment_answer/1.
    EnrolmentError
        "server_not_the_pinned_one": not signed by the pinned key, or about another station's.
    """
    body = check_shape(answer, "enrolment_answer/1")
    told = {name: body[name] for name in ("station", "station_name", "verify_key")}
    signature = from_base64(body["signature"], what="signature")
    if body["verify_key"] != to_base64(key.verify_key) or not is_signed(canonical_bytes(told), signature, server.verify_key):
        raise EnrolmentError("server_not_the_pinned_one")
    return str(body["station"])
