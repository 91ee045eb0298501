"""Which cases wait for a manager's answer, across restarts of the station: ids, moments and codes, nobody's data."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from teller_assist.alerts.canonical import utc_text
from teller_assist.alerts.durable import write_durably
from teller_assist.errors import OutboxError
from teller_assist.evidence.transaction import BusinessKind, PersonRole

FILE = "waiting_reviews.json"
_SCHEMA = "waiting_reviews/1"


@dataclass(frozen=True)
class WaitingCase:
    """A case that the teller referred.

    Attributes
    ----------
    referred
        UTC.
    reference
        The core banking system's; "" where the teller began.
    """

    case_id: str
    sequence: int
    referred: datetime.datetime
    business_kind: BusinessKind
    role: PersonRole
    reference: str


class WaitingFile:
    """The file in the station's records folder.

    Attributes
    ----------
    found
        What waited when it was opened, in the order in which it was referred.

    Raises
    ------
    OutboxError
        "outbox_damaged"
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self.found = tuple(self._read())

    def _read(self) -> list[WaitingCase]:
        try:
            document = json.loads(self._path.read_bytes())
            if document["schema"] != _SCHEMA:
                raise ValueError("schema")
            return [_parsed(one) for one in document["cases"]]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise OutboxError("outbox_damaged", file=FILE) from error

    def write(self, cases: Iterable[WaitingCase]) -> None:
        """Keep what waits now; it is safe once this returns.

        Raises
        ------
        ResourceError
            It could not be written; what stood there before still does.
        """
        document = {"schema": _SCHEMA, "cases": [_body(one) for one in cases]}
        write_durably(self._path, json.dumps(document, separators=(",", ":")).encode("ascii"))


def _body(one: WaitingCase) -> dict[str, Any]:
    return {
        "case_id": one.case_id,
        "sequence": one.sequence,
        "referred": utc_text(one.referred),
        "business_kind": one.business_kind.value,
        "role": one.role.value,
        "reference": one.reference,
    }


def _parsed(body: dict[str, Any]) -> WaitingCase:
    referred = datetime.datetime.fromisoformat(body["referred"])
    if referred.tzinfo is None:
        raise ValueError("referred")
    kind, role = BusinessKind(body["business_kind"]), PersonRole(body["role"])
    return WaitingCase(str(body["case_id"]), int(body["sequence"]), referred, kind, role, str(body["reference"]))
