"""Enrolling this machine: a new key, the server's consent, and what is remembered of it."""

from __future__ import annotations

from teller_assist.alerts.branch_client import ask_to_enrol
from teller_assist.alerts.durable import make_private_folder
from teller_assist.alerts.enrolment import (
    KEY_NAME,
    Enrolment,
    parse_code,
    read_enrolment,
    records_folder,
    write_enrolment,
)
from teller_assist.alerts.station_records import station_secrets
from teller_assist.errors import EnrolmentError, UsageError
from teller_assist.settings.schema import BranchSettings
from teller_assist.settings.secrets import Secrets

_NAME_LONGEST = 64


def enrol_station(
    settings: BranchSettings,
    code_text: str,
    url: str,
    name: str,
    *,
    key_in_file: bool,
    again: bool = False,
    secrets: Secrets | None = None,
) -> Enrolment:
    """Enrol this station and remember it.

    Parameters
    ----------
    again
        Replace an earlier enrolment; never while cases wait that are sealed to the earlier server's key.
    secrets
        Where the new key is kept; by ``key_in_file`` when left out.

    Raises
    ------
    EnrolmentError
        The code is bad or used up, the server is not the one that the code vouches for, or this station is enrolled already.
    BranchError, SecretsError, ResourceError, ShapeError, UsageError
    SuiteError
        The server's suite is not on this machine.
    """
    folder = records_folder(settings.data_folder)
    if not 0 < len(name.strip()) <= _NAME_LONGEST:
        raise UsageError(what="station_name")
    if read_enrolment(folder) is not None:
        waiting = sum(1 for part in ("open", "outbox") for _ in (folder / part).glob("*.json"))
        if waiting or not again:
            raise EnrolmentError("already_enrolled", waiting=waiting)
    code = parse_code(code_text)
    make_private_folder(folder)
    place = secrets or station_secrets(folder, in_file=key_in_file)
    station_id, server, key = ask_to_enrol(url, code, name.strip(), timeout_s=settings.timeout_s, ca_file=settings.ca_file)
    place.write(KEY_NAME, key.seed)
    enrolment = Enrolment(station_id, name.strip(), url.rstrip("/"), server, key_in_file)
    write_enrolment(folder, enrolment)
    return enrolment
