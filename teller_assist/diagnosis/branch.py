"""The report's part about the branch server: enrolled or not, where the key is, what waits, whether the pinned server answers."""

from __future__ import annotations

from pathlib import Path

from teller_assist.alerts.branch_client import BranchHttp
from teller_assist.alerts.enrolment import KEY_NAME, Enrolment, read_enrolment, records_folder
from teller_assist.alerts.keys import ServerKeys
from teller_assist.alerts.shapes import check_shape
from teller_assist.alerts.station_records import station_secrets
from teller_assist.app import open_installation
from teller_assist.diagnosis.report import Finding, PartState
from teller_assist.errors import BranchError, Fact, ShapeError
from teller_assist.settings.schema import BranchSettings


def look_at_branch() -> Finding:
    """Return how this station stands with its branch server.

    Raises
    ------
    SecretsError, OutboxError
        It is enrolled, and its key or what it remembers cannot be used.
    """
    settings = open_installation().settings.branch
    folder = records_folder(settings.data_folder)
    enrolment = read_enrolment(folder)
    if enrolment is None:
        return Finding(PartState.ATTENTION, {"enrolled": False}, (("notice", "not_enrolled"),))
    station_secrets(folder, in_file=enrolment.key_in_file).read(KEY_NAME)
    server, refused = _server_state(enrolment, settings), _count(folder / "refused")
    facts: dict[str, Fact] = {
        "enrolled": True,
        "fingerprint": enrolment.server.fingerprint,
        "key": "file" if enrolment.key_in_file else "keyring",
        "waiting": _count(folder / "outbox"),
        "refused": refused,
        "server": server,
    }
    notes = (("enrol", "key_in_file"),) if enrolment.key_in_file else ()
    well = server == "ready" and not refused
    return Finding(PartState.READY if well else PartState.ATTENTION, facts, notes)


def _server_state(enrolment: Enrolment, settings: BranchSettings) -> str:
    http = BranchHttp(enrolment.url, settings.timeout_s, settings.ca_file)
    try:
        keys = ServerKeys.from_body(check_shape(http.get("/api/v1/keys"), "server_keys/1"))
    except (BranchError, ShapeError) as error:
        return error.reason
    finally:
        http.close()
    return "ready" if keys == enrolment.server else "server_not_the_pinned_one"


def _count(folder: Path) -> int:
    return sum(1 for _ in folder.glob("*.json"))
