"""The branch server's commands as whoever runs it types them: real processes, one data folder."""

from __future__ import annotations

import json
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from teller_assist.alerts.enrolment import read_enrolment
from teller_assist.cli import main
from tests.stand_ins.branch import form_token
from tests.stand_ins.cases import number
from tests.stand_ins.postgres import PostgresCluster

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = [sys.executable, "-m", "teller_assist"]


class Server:
    def __init__(self, data: Path, *more: str) -> None:
        self.data = data
        command = [*PROGRAM, "branch-server", "--data", str(data), "--port", "0", *more]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().split()[-1]

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=20)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("branch") / "server")
    yield running
    assert running.end() == 0, "told to end is an ordinary end"


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    try:
        code = main([*arguments])
    except SystemExit as ended:
        code = int(str(ended.code))
    out = capsys.readouterr().out
    assert out.count("\n") == 1, "one document"
    return code, json.loads(out)


def admin(capsys: pytest.CaptureFixture[str], server: Server, *task: str) -> dict[str, Any]:
    code, document = told(capsys, "branch-admin", "--data", str(server.data), "--json", *task)
    assert (code, document["schema"]) == (0, "branch_admin/1")
    return document


def typed(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    import io

    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


@pytest.mark.full
def test_a_station_is_enrolled_with_a_code_that_was_made_beside_the_running_server(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELLER_ASSIST__BRANCH__DATA_FOLDER", str(tmp_path / "station"))
    code = admin(capsys, server, "enrolment-code", "--name", "3号柜台")["code"]
    enrol = ["enrol", code, "--server", server.url, "--name", "3号柜台", "--key-file", "--json"]
    exit_code, document = told(capsys, *enrol)
    assert (exit_code, document["schema"], document["key"]) == (0, "enrol/1", "file")
    remembered = read_enrolment(tmp_path / "station")
    assert remembered is not None
    assert remembered.station_id == document["station"]
    listed = admin(capsys, server, "list-stations")["stations"]
    assert document["station"] in [one["station_id"] for one in listed]
    exit_code, again = told(capsys, *enrol)
    assert (exit_code, again["error"]["reason"]) == (3, "already_enrolled")
    admin(capsys, server, "revoke-station", document["station"])
    revoked = {one["station_id"]: one["revoked"] for one in admin(capsys, server, "list-stations")["stations"]}
    assert revoked[document["station"]] is True


def test_a_wrong_code_is_told(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELLER_ASSIST__BRANCH__DATA_FOLDER", str(tmp_path / "station"))
    exit_code, document = told(capsys, "enrol", "ABCD-EFGH", "--server", server.url, "--name", "x", "--key-file", "--json")
    assert (exit_code, document["error"]["reason"]) == (3, "enrolment_code_bad")


@pytest.mark.full
def test_people_and_numbers_are_added_from_standard_input_and_only_counted(
    server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, "a-manager's-password")
    person = ("add-person", "--login", "manager", "--name", "王经理", "--role", "manager", "--password-stdin")
    assert admin(capsys, server, *person)["role"] == "manager"
    typed(monkeypatch, number(17), "", number(18), number(17))
    assert admin(capsys, server, "add-relatives")["added"] == 2
    typed(monkeypatch, f"{number(17)} {number(30)}")
    assert admin(capsys, server, "add-look-alikes")["added"] == 1
    typed(monkeypatch, number(17))
    exit_code, document = told(capsys, "branch-admin", "--data", str(server.data), "--json", "add-look-alikes")
    assert (exit_code, document["error"]["reason"]) == (2, "usage")
    typed(monkeypatch, "no number")
    exit_code, document = told(capsys, "branch-admin", "--data", str(server.data), "--json", "add-relatives")
    assert (exit_code, document["error"]["reason"]) == (3, "card_unreadable")


@pytest.mark.full
def test_the_first_administrator_is_made_with_the_code_that_the_server_shows_after_its_address(tmp_path: Path) -> None:
    running = Server(tmp_path / "server")
    assert running.process.stdout is not None
    shown = re.search(r"[A-Z2-7]{4}(-[A-Z2-7]{4}){3}", running.process.stdout.readline())
    assert shown is not None
    session = requests.Session()
    session.trust_env = False
    page = session.get(f"{running.url}/first-administrator", timeout=10).text
    password = "a-password-of-ones-own"
    form = {"form_token": form_token(page), "code": shown[0], "login": "chen", "name": "陈", "new": password, "again": password}
    assert session.post(f"{running.url}/first-administrator", data=form, timeout=10).url == f"{running.url}/login"
    assert running.end() == 0
    again = Server(tmp_path / "server")
    assert again.end() == 0, "nothing to wait for: there is somebody"


@pytest.mark.full
def test_a_new_first_code_is_made_only_while_there_is_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = ("branch-admin", "--data", str(tmp_path / "server"), "--json")
    exit_code, document = told(capsys, *data, "first-code")
    assert (exit_code, document["valid_minutes"]) == (0, 30)
    assert told(capsys, *data, "add-branch", "east", "--name", "东支行")[0] == 0
    typed(monkeypatch, "a-teller's-password")
    person = ("add-person", "--login", "li.na", "--name", "李娜", "--role", "teller", "--branch", "east", "--password-stdin")
    assert told(capsys, *data, *person)[0] == 0
    assert told(capsys, *data, "enrolment-code", "--name", "3号", "--branch", "east")[0] == 0
    assert told(capsys, *data, "enrolment-code", "--name", "3号", "--branch", "nowhere")[0] == 2
    exit_code, document = told(capsys, *data, "first-code")
    assert (exit_code, document["error"]["reason"]) == (3, "first_code_bad")


@pytest.mark.full
def test_the_secret_for_the_provider_is_kept_in_a_file_that_nobody_else_reads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELLER_ASSIST__PROVIDER__SECRET_PLACE", "file")
    typed(monkeypatch, "what-only-the-two-know")
    exit_code, document = told(capsys, "branch-admin", "--data", str(tmp_path / "server"), "--json", "provider-secret")
    assert (exit_code, document["kept_in"]) == (0, "file")
    kept = tmp_path / "server.keys" / "provider.key"
    assert kept.stat().st_mode & 0o077 == 0
    typed(monkeypatch, "")
    assert told(capsys, "branch-admin", "--data", str(tmp_path / "server"), "--json", "provider-secret")[0] == 2


@pytest.mark.full
def test_the_audit_record_is_verified_beside_the_running_server_and_tampering_ends_with_3(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    admin(capsys, server, "audit-export", str(tmp_path / "export.jsonl"))
    for record in (server.data / "branch.sqlite3", tmp_path / "export.jsonl"):
        exit_code, document = told(capsys, "audit", "verify", str(record), "--json")
        assert (exit_code, document["schema"], document["intact"]) == (0, "audit/1", True)
        assert document["signatures_checked"] is True
    lines = (tmp_path / "export.jsonl").read_text().splitlines()
    (tmp_path / "export.jsonl").write_text("\n".join(lines[:2] + lines[3:]) + "\n")
    exit_code, document = told(capsys, "audit", "verify", str(tmp_path / "export.jsonl"), "--json")
    assert (exit_code, document["intact"], document["first_bad"]) == (3, False, {"index": 2, "kind": "removed"})
    exit_code, document = told(capsys, "audit", "verify", str(tmp_path / "absent"), "--json")
    assert (exit_code, document["error"]["reason"]) == (3, "database_unreadable")


@pytest.mark.full
def test_signed_heads_go_to_a_second_place_from_start_to_end_and_the_record_is_verified_against_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "second place"
    place.mkdir()
    running = Server(tmp_path / "server", "--heads", str(place))
    database = str(running.data / "branch.sqlite3")
    begun = told(capsys, "audit", "verify", database, "--heads", str(place), "--json")[1]
    assert (begun["intact"], begun["heads"] >= 1, begun["agreed_until"] >= 1) == (True, True, True)
    admin(capsys, running, "enrolment-code", "--name", "3号柜台")
    assert running.end() == 0
    exit_code, whole = told(capsys, "audit", "verify", database, "--heads", str(place), "--json")
    assert (exit_code, whole["agreed_until"], whole["since"]) == (0, whole["entries"], 0), "the last head came at the end"
    assert len(whole["server"]) == 32
    since = str(whole["entries"])
    assert told(capsys, "audit", "verify", database, "--heads", str(place), "--since", since, "--json")[1]["entries"] == 0
    with sqlite3.connect(database) as connection:
        connection.execute("DELETE FROM audit_entries WHERE number=?", (whole["entries"],))
    connection.close()
    exit_code, cut = told(capsys, "audit", "verify", database, "--heads", str(place), "--json")
    assert (exit_code, cut["first_bad"]) == (3, {"index": whole["entries"], "kind": "truncated"})
    assert told(capsys, "audit", "verify", database, "--heads", str(tmp_path / "absent"), "--json")[0] == 3
    assert told(capsys, "audit", "verify", database, "--since", "1", "--json")[0] == 2


@pytest.mark.parametrize(
    "more",
    [("--host", "0.0.0.0"), ("--host", "192.0.2.1"), ("--tls-cert", "x")],  # noqa: S104 (it is refused)
)
def test_plain_http_is_not_offered_to_other_machines(
    tmp_path: Path, more: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["branch-server", "--data", str(tmp_path / "server"), "--port", "0", *more]) == 2
    assert capsys.readouterr().err


@pytest.mark.full
def test_a_port_that_is_taken_is_told(server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    port = server.url.rpartition(":")[2]
    assert main(["branch-server", "--data", str(tmp_path / "server"), "--port", port]) == 3
    assert "端口" in capsys.readouterr().err


@pytest.mark.full
def test_the_suite_is_a_setting_and_keys_keep_theirs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "server"
    monkeypatch.setenv("TELLER_ASSIST__BRANCH_SERVER__SUITE", "guomi")
    assert told(capsys, "branch-admin", "--data", str(data), "--json", "list-stations")[0] == 0
    assert json.loads((data / "public_keys.json").read_text())["suite"] == "guomi"
    assert told(capsys, "audit", "verify", str(data / "branch.sqlite3"), "--json")[1]["intact"]
    monkeypatch.delenv("TELLER_ASSIST__BRANCH_SERVER__SUITE")
    code, document = told(capsys, "branch-admin", "--data", str(data), "--json", "list-stations")
    assert (code, document["error"]["reason"]) == (3, "suite_differs")
    assert main(["branch-server", "--data", str(data), "--port", "0"]) == 3
    assert "guomi" in capsys.readouterr().err


@pytest.mark.full
def test_a_server_with_tls_is_reached_by_https_and_its_cookies_go_no_other_way(tmp_path: Path) -> None:
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    make += ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(make, check=True, capture_output=True)
    running = Server(tmp_path / "server", "--tls-cert", str(certificate), "--tls-key", str(key))
    try:
        assert running.url.startswith("https://127.0.0.1:")
        answer = requests.get(f"{running.url}/login", verify=str(certificate), timeout=10)
        assert "secure" in answer.headers["set-cookie"].lower()
        from teller_assist.alerts.branch_client import BranchHttp
        from teller_assist.errors import BranchUnreachableError

        http = BranchHttp(running.url, 5)
        with pytest.raises(BranchUnreachableError) as caught:
            http.get("/api/v1/keys")
        assert caught.value.facts["why"] == "certificate", "an unknown certificate is no server of ours"
        http.close()
        http = BranchHttp(running.url, 5, str(certificate))
        assert http.get("/api/v1/keys")["schema"] == "server_keys/1"
        http.close()
    finally:
        assert running.end() == 0


def test_the_server_loads_neither_window_nor_models(server: Server) -> None:
    maps = Path(f"/proc/{server.process.pid}/maps").read_text()
    for library in ("Qt5", "onnxruntime", "cv2"):
        assert library not in maps, f"the branch server loads {library}"


# ---------------------------------------------------------------- where the records are, backup and restore


@pytest.fixture
def address(postgres: PostgresCluster) -> Iterator[str]:
    """A database that nobody migrated."""
    name = postgres.make_empty()
    yield postgres.url(name)
    postgres.drop([name])


def test_a_second_server_at_the_same_records_is_refused_in_words(
    server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["branch-server", "--data", str(server.data), "--port", "0"]) == 3
    assert "已有另一个网点服务器" in capsys.readouterr().err


@pytest.mark.full
def test_a_backup_of_the_running_server_is_restored_and_its_audit_record_is_whole(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told_of = admin(capsys, server, "backup", str(tmp_path / "backup"))
    restore = ("branch-admin", "--data", str(tmp_path / "restored"), "--json", "restore", str(tmp_path / "backup"))
    code, document = told(capsys, *restore)
    assert (code, document["intact"], document["entries"]) == (0, True, told_of["entries"])
    assert document["signatures_checked"] is False, "no keys are in a backup, nor are any made"
    assert {path.stem for path in (tmp_path / "restored").iterdir()} == {"branch"}
    code, document = told(capsys, *restore)
    assert (code, document["error"]["reason"]) == (3, "database_not_empty")


@pytest.mark.full
def test_a_backup_whose_audit_record_was_tampered_with_is_restored_and_told(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import sqlite3

    admin(capsys, server, "backup", str(tmp_path / "one"))
    told(capsys, "branch-admin", "--data", str(tmp_path / "altered"), "--json", "restore", str(tmp_path / "one"))
    connection = sqlite3.connect(tmp_path / "altered" / "branch.sqlite3")
    connection.execute("UPDATE audit_entries SET actor = 'nobody' WHERE number = 1")
    connection.commit()
    connection.close()
    assert main(["branch-admin", "--data", str(tmp_path / "altered"), "backup", str(tmp_path / "two")]) == 0
    capsys.readouterr()
    code, document = told(capsys, "branch-admin", "--data", str(tmp_path / "new"), "--json", "restore", str(tmp_path / "two"))
    assert (code, document["intact"], document["first_bad"]) == (3, False, {"index": 1, "kind": "altered"})


def test_what_is_no_backup_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_bytes(b"no backup")
    for name in ("file", "absent"):
        code, document = told(capsys, "branch-admin", "--data", str(tmp_path / "x"), "--json", "restore", str(tmp_path / name))
        assert (code, document["error"]["reason"]) == (3, "backup_unreadable")
    assert not (tmp_path / "x").exists()


@pytest.mark.full
def test_a_server_at_a_postgresql_database_is_administered_verified_and_backed_up(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    running = Server(tmp_path / "server", "--database", address)
    try:
        data = ("branch-admin", "--data", str(tmp_path / "server"))
        typed(monkeypatch, number(17))
        assert told(capsys, *data, "--database", address, "--json", "add-relatives")[1]["added"] == 1
        monkeypatch.setenv("TELLER_ASSIST_DATABASE_URL", address)
        typed(monkeypatch, number(17))
        assert told(capsys, *data, "--json", "add-relatives")[1]["added"] == 0, "the environment names the same database"
        verify = ("audit", "verify", address, "--json", "--public-keys", str(tmp_path / "server" / "public_keys.json"))
        code, document = told(capsys, *verify)
        assert (code, document["intact"], document["signatures_checked"]) == (0, True, True)
        assert told(capsys, *data, "--json", "backup", str(tmp_path / "backup"))[0] == 0
        assert not list((tmp_path / "server").glob("*.sqlite3"))
    finally:
        assert running.end() == 0
    monkeypatch.delenv("TELLER_ASSIST_DATABASE_URL")
    code, document = told(
        capsys, "branch-admin", "--data", str(tmp_path / "moved"), "--json", "restore", str(tmp_path / "backup")
    )
    assert (code, document["intact"]) == (0, True), "into a file, out of PostgreSQL"


def test_a_password_on_the_command_line_is_refused_and_not_repeated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for address in ("postgresql://u:very-secret@host/name", "postgresql://u@host/name?password=very-secret"):
        data = ("--data", str(tmp_path / "server"), "--database", address)
        served = ["branch-server", *data, "--port", "0"]
        for command in (served, ["branch-admin", *data, "list-stations"], ["audit", "verify", address]):
            assert main(command) == 3
            words = capsys.readouterr()
            assert "口令" in words.err
            assert "very-secret" not in words.err + words.out


def test_what_is_no_address_is_a_wrong_call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for address in ("mysql://host/name", "somewhere"):
        assert main(["branch-admin", "--data", str(tmp_path / "server"), "--database", address, "list-stations"]) == 2
    capsys.readouterr()


def test_the_public_keys_of_a_database_may_lie_elsewhere(
    server: Server, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    record = str(server.data / "branch.sqlite3")
    code, document = told(capsys, "audit", "verify", record, "--json", "--public-keys", str(tmp_path / "absent.json"))
    assert (code, document["signatures_checked"]) == (0, False)
