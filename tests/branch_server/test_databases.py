"""The server and its database: hostile text is refused; one that was killed and came back is used again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from teller_assist.alerts.canonical import canonical_bytes, to_base64
from teller_assist.alerts.envelope import seal_case
from teller_assist.alerts.keys import SigningKey, seal_to
from teller_assist.errors import BranchRefusedError, BranchUnreachableError
from teller_assist.review.audit_check import check_chain
from tests.stand_ins.branch import EnrolledStation, RunningServer
from tests.stand_ins.cases import made_up_case, number
from tests.stand_ins.databases import CURRENT, audit_of
from tests.stand_ins.faces import MODEL, PIPELINE, face
from tests.stand_ins.postgres import PostgresCluster


def told(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["reason"]


def deliver(server: RunningServer, station: EnrolledStation, sequence: int, **changed: Any) -> Any:
    case = made_up_case(sequence, station=station.enrolment.station_id, **changed)
    return station.post("/api/v1/cases", seal_case(case, recipient=server.records.keys.public.recipient, key=station.key))


# ---------------------------------------------------------------- what a database cannot keep


@pytest.mark.parametrize("name", ["3号\0柜台", "\0", "3号柜台\n", "a\ud800", "a\x1f"])
def test_a_station_of_a_name_that_cannot_be_kept_is_refused_and_the_code_is_not_used_up(server: RunningServer, name: str) -> None:
    code = server.records.stations.make_code("3号柜台", actor="test")
    key = SigningKey.generate()

    def enrol(station_name: str) -> requests.Response:
        sealed = to_base64(seal_to(server.records.keys.public.recipient, code.secret.encode()))
        asked = {"station_name": station_name, "verify_key": to_base64(key.verify_key), "secret_sealed": sealed}
        try:
            proof = canonical_bytes(asked)
        except Exception:  # noqa: BLE001 (half a surrogate pair has no canonical form: nobody can sign it)
            proof = b""
        document = {"schema": "enrolment/1", **asked, "proof": to_base64(key.sign(proof))}
        return requests.post(f"{server.url}/api/v1/enrolments", json=document, timeout=10)

    # Half a surrogate pair is no text at all: it ends before its shape is looked at.
    assert told(enrol(name)) == (422, "body_malformed" if "\ud800" in name else "shape_invalid")
    assert enrol("3号柜台").status_code == 201


@pytest.mark.parametrize("field", ["model_id", "pipeline_sha256", "case_id", "business_kind"])
@pytest.mark.parametrize("end", ["\0", "\n"])
def test_a_face_with_text_that_cannot_be_kept_is_refused(
    server: RunningServer, station: EnrolledStation, field: str, end: str
) -> None:
    recipient = server.records.keys.public.recipient
    sealed = {"number_sealed": number(17).encode(), "face_sealed": face(1).tobytes()}
    document = {"schema": "recent_face/1", "case_id": "0" * 32, "business_kind": "loss_report", "model_id": MODEL}
    document |= {"pipeline_sha256": PIPELINE, **{name: to_base64(seal_to(recipient, one)) for name, one in sealed.items()}}
    document[field] += end
    with pytest.raises(BranchRefusedError) as caught:
        station.post("/api/v1/recent-faces", document)
    assert caught.value.facts["status"] == 422


@pytest.mark.parametrize(
    "path",
    ["/api/v1/cases/%00", "/api/v1/cases/%00/events", "/cases/a%00b/pictures/live", "/api/v1/cases?after=%00,%00", "/cases/%00"],
)
def test_an_address_with_a_nul_is_refused(server: RunningServer, path: str) -> None:
    session = server.log_in()
    assert session.get(server.url + path, timeout=10).status_code in (404, 422)


def test_a_login_with_a_nul_is_refused(server: RunningServer) -> None:
    session = requests.Session()
    form = session.get(f"{server.url}/login", timeout=10).text
    token = form.partition('name="form_token" value="')[2].partition('"')[0]
    fields = {"login": "a\0b", "password": "\0", "form_token": token}
    assert session.post(f"{server.url}/login", data=fields, timeout=10).status_code in (401, 422)
    session.close()


def test_the_largest_number_that_a_document_may_hold_is_taken(server: RunningServer, station: EnrolledStation) -> None:
    announced = {"station": station.enrolment.station_id, "sequence": 2**53 - 1, "started": "2026-11-27T09:00:00.000Z"}
    assert station.post("/api/v1/transactions", announced)["sequence"] == 2**53 - 1
    assert deliver(server, station, 2**53 - 1)["schema"] == "receipt/1"


# ---------------------------------------------------------------- the database's own server


@pytest.fixture
def cluster() -> PostgresCluster:
    if CURRENT.cluster is None:
        pytest.skip("SQLite is in the server's own process")
    return CURRENT.cluster


@pytest.fixture
def back(cluster: PostgresCluster) -> Iterator[Callable[[], None]]:
    """What starts the database's server again; done at the end whatever happens."""
    yield cluster.start
    cluster.start()


def test_while_the_database_is_gone_it_is_told_and_once_it_is_back_the_next_request_is_served(
    server: RunningServer, station: EnrolledStation, cluster: PostgresCluster, back: Callable[[], None]
) -> None:
    deliver(server, station, 1)
    case = made_up_case(2, station=station.enrolment.station_id)
    envelope = seal_case(case, recipient=server.records.keys.public.recipient, key=station.key)
    cluster.kill()
    for _ in range(2):
        assert told(requests.get(f"{server.url}/healthz", timeout=20)) == (503, "database_unreachable")
        with pytest.raises(BranchUnreachableError) as waits:  # comes again; a refusal would set the case aside
            station.post("/api/v1/cases", envelope)
        assert (waits.value.facts["status"], waits.value.facts["why"]) == (503, "database_unreachable")
    figures = requests.get(f"{server.url}/metrics", timeout=20).text
    assert "teller_assist_database_answers 0.0" in figures
    assert 'route="/api/v1/cases",status="503"} 2.0' in figures, "the outage is seen while it lasts"
    assert "teller_assist_cases " not in figures, "what is not known is not told as nought"
    back()
    assert station.post("/api/v1/cases", envelope)["schema"] == "receipt/1"
    assert requests.get(f"{server.url}/healthz", timeout=10).status_code == 200
    figures = requests.get(f"{server.url}/metrics", timeout=10).text
    assert "teller_assist_database_answers 1.0" in figures
    assert "teller_assist_cases 2.0" in figures
    assert len(server.case_ids()) == 2
    assert check_chain(audit_of(server.data)) is None


def test_connections_that_the_database_cut_while_idle_are_made_anew_unseen(
    server: RunningServer, station: EnrolledStation, cluster: PostgresCluster, tmp_path: Path
) -> None:
    deliver(server, station, 1)
    name = CURRENT.name(server.data)
    cluster.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")  # noqa: S608
    assert deliver(server, station, 2)["schema"] == "receipt/1"
    assert check_chain(audit_of(server.data)) is None
