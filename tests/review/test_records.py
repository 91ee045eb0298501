"""The server's records without HTTP: migrations, keys, people, and what a second program does beside the first."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from teller_assist.alerts.envelope import seal_case
from teller_assist.alerts.keys import SigningKey
from teller_assist.errors import DatabaseError, LoginError, PasswordError, RequestError, SecretsError, UsageError
from teller_assist.review.audit_check import check_chain
from teller_assist.review.engines import DatabaseKind
from teller_assist.review.people import FAILURES_MOST, IDLE_MOST, LOCKED_FOR, SESSION_MOST, Role
from teller_assist.review.records import BranchRecords
from teller_assist.review.tables import Base, Station
from tests.stand_ins.branch import PASSWORD, QUICK, fixed_clock
from tests.stand_ins.cases import NAME, NUMBER, STATION, made_up_case
from tests.stand_ins.databases import address_of, audit_of, sql_in

KEY = SigningKey(bytes(range(32)))
NOW = datetime.datetime(2026, 11, 27, 9, 0, tzinfo=datetime.UTC)


def opened(folder: Path, **more: object) -> BranchRecords:
    return BranchRecords(folder, database=address_of(folder), hasher=QUICK, **more)  # type: ignore[arg-type]


def with_station(records: BranchRecords) -> BranchRecords:
    with records.database.writing() as session:
        moment = "2026-11-27T09:00:00.000Z"
        session.add(
            Station(
                station_id=STATION,
                name="一号",
                verify_key=KEY.verify_key,
                enrolled=moment,
                last_seen=moment,
                revoked=False,
                branch_id="main",
            )
        )
    return records


def test_the_migrations_give_the_tables_that_the_program_works_with(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    records = opened(tmp_path / "server")
    with records.database._reader.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        if records.database.kind is DatabaseKind.SQLITE:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2, "FULL"
        else:
            assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
    records.close()


def test_a_second_start_keeps_keys_and_records(tmp_path: Path) -> None:
    first = opened(tmp_path / "server")
    first.note_start()
    first.close()
    second = opened(tmp_path / "server")
    assert second.keys.public == first.keys.public
    second.close()
    assert len(audit_of(tmp_path / "server").links) == 1


def test_a_later_programs_database_is_refused(tmp_path: Path) -> None:
    opened(tmp_path / "server").close()
    with sql_in(tmp_path / "server") as sql:
        sql.execute("UPDATE alembic_version SET version_num='9999'")
    with pytest.raises(DatabaseError) as caught:
        opened(tmp_path / "server")
    assert caught.value.reason == "database_newer"


def test_keys_that_others_can_read_stop_the_start(tmp_path: Path) -> None:
    opened(tmp_path / "server").close()
    path = tmp_path / "server.keys" / "server.json"
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    with pytest.raises(SecretsError):
        opened(tmp_path / "server")
    path.chmod(0o600)
    path.write_text("{}")
    with pytest.raises(SecretsError):
        opened(tmp_path / "server")


@pytest.mark.full
def test_nothing_of_a_person_is_readable_in_any_file_of_the_server(tmp_path: Path) -> None:
    records = with_station(opened(tmp_path / "server"))
    case = made_up_case(1, pictures=True, alerts=(("kinship", "review", "possible_twin"),))
    records.intake.take_case(STATION, KEY.verify_key, seal_case(case, recipient=records.keys.public.recipient, key=KEY))
    secrets = (NAME.encode(), NUMBER.encode(), NUMBER[6:14].encode(), b"iVBORw0KGgo", b"\x89PNG")
    records.back_up(tmp_path / "server" / "backup", actor="test")  # all rows in one file, whichever database they are in
    for _ in range(2):  # with the write-ahead log, and after it was merged
        for path in [*(tmp_path / "server").rglob("*"), *(tmp_path / "server.keys").rglob("*")]:
            content = path.read_bytes() if path.is_file() else b""
            assert not [secret for secret in secrets if secret in content], path.name
        records.close()


def test_the_register_learns_a_cases_number(tmp_path: Path) -> None:
    from teller_assist.evidence.id_number import IdNumber
    from tests.stand_ins.cases import number

    records = with_station(opened(tmp_path / "server"))
    case = made_up_case(1, holder=number(17))
    records.intake.take_case(STATION, KEY.verify_key, seal_case(case, recipient=records.keys.public.recipient, key=KEY))
    with records.database.reading() as session:
        assert records.register.lookup(session, IdNumber(number(19))).possible_twin
        assert not records.register.lookup(session, IdNumber(number(17))).relative
    records.close()


@pytest.mark.full
def test_two_programs_that_write_at_once_do_not_fork_the_chain(tmp_path: Path) -> None:
    programs = [opened(tmp_path / "server") for _ in range(2)]

    def write(records: BranchRecords) -> None:
        for _ in range(40):
            records.note_start()

    threads = [threading.Thread(target=write, args=(records,)) for records in programs for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for records in programs:
        records.close()
    record = audit_of(tmp_path / "server")
    assert (len(record.links), check_chain(record)) == (240, None)


# ---------------------------------------------------------------- people


@pytest.mark.full
def test_a_session_ends_when_idle_after_a_working_day_and_at_its_owners_wish(tmp_path: Path) -> None:
    clock, move = fixed_clock(NOW)
    records = opened(tmp_path / "server", now=clock)
    people = records.people
    people.add("manager", "王经理", Role.MANAGER, PASSWORD, actor="test")
    token = people.log_in("manager", PASSWORD)
    assert people.logged_in(token).role is Role.MANAGER
    move(IDLE_MOST)
    assert _missing(records, token)
    token = people.log_in("manager", PASSWORD)
    for _ in range(40):
        move(SESSION_MOST / 41)
        people.logged_in(token)
    move(SESSION_MOST / 41 + datetime.timedelta(seconds=1))
    assert _missing(records, token)
    token = people.log_in("manager", PASSWORD)
    people.log_out(token)
    assert _missing(records, token)
    assert _missing(records, "")
    records.close()


def _missing(records: BranchRecords, token: str) -> bool:
    try:
        records.people.logged_in(token)
    except LoginError as error:
        return error.reason == "login_missing"
    return False


def test_five_wrong_passwords_lock_for_a_quarter_of_an_hour_also_for_the_right_one(tmp_path: Path) -> None:
    clock, move = fixed_clock(NOW)
    records = opened(tmp_path / "server", now=clock)
    records.people.add("manager", "王经理", Role.MANAGER, PASSWORD, actor="test")
    reasons = []
    for password in [*["wrong-password"] * FAILURES_MOST, PASSWORD]:
        with pytest.raises(LoginError) as caught:
            records.people.log_in("manager", password)
        reasons.append(caught.value.reason)
    assert reasons == ["login_bad"] * FAILURES_MOST + ["login_locked"]
    move(LOCKED_FOR + datetime.timedelta(seconds=1))
    assert records.people.log_in("manager", PASSWORD)
    kinds = [link.kind for link in audit_of(tmp_path / "server").links]
    assert kinds.count("login_failed") == FAILURES_MOST
    assert "login_locked" in kinds
    records.close()


@pytest.mark.full
def test_an_unknown_login_is_told_no_more_than_a_wrong_password(tmp_path: Path) -> None:
    records = opened(tmp_path / "server")
    with pytest.raises(LoginError) as caught:
        records.people.log_in("a-password-typed-into-the-wrong-field", "x")
    assert caught.value.reason == "login_bad"
    records.back_up(tmp_path / "backup", actor="test")
    records.close()
    assert b"a-password-typed" not in (tmp_path / "backup").read_bytes()


def test_a_new_password_ends_the_sessions_of_the_old_one(tmp_path: Path) -> None:
    records = opened(tmp_path / "server")
    records.people.add("manager", "王经理", Role.MANAGER, PASSWORD, actor="test")
    token = records.people.log_in("manager", PASSWORD)
    records.people.add("manager", "王经理", Role.MANAGER, PASSWORD + "2", actor="test")
    assert _missing(records, token)
    records.close()


@pytest.mark.parametrize(
    ("login", "name", "password"),
    [("", "n", PASSWORD), ("A", "n", PASSWORD), ("a b", "n", PASSWORD), ("a", " ", PASSWORD), ("a", "n", "short")],
)
def test_what_is_no_login_name_or_password_is_refused(tmp_path: Path, login: str, name: str, password: str) -> None:
    records = opened(tmp_path / "server")
    with pytest.raises((UsageError, PasswordError)):
        records.people.add(login, name, Role.MANAGER, password, actor="test")
    records.close()


@pytest.mark.parametrize(
    ("role", "lists", "sees"),
    [(Role.MANAGER, True, True), (Role.AUDITOR, True, False), (Role.IT, False, False), (Role.TELLER, False, False)],
)
def test_a_role_sees_what_it_may_and_every_look_is_noted(tmp_path: Path, role: Role, lists: bool, sees: bool) -> None:
    records = with_station(opened(tmp_path / "server"))
    case = made_up_case(1, pictures=True)
    records.intake.take_case(STATION, KEY.verify_key, seal_case(case, recipient=records.keys.public.recipient, key=KEY))
    records.people.add("somebody", "某人", role, PASSWORD, actor="test")
    person = records.people.logged_in(records.people.log_in("somebody", PASSWORD))
    looks = (
        lambda: records.cases.page(person, size=5),
        lambda: records.cases.one(person, case["case_id"]),
        lambda: records.cases.picture(person, case["case_id"], "live"),
    )
    permitted = [_is_permitted(look) for look in looks]
    assert permitted == [lists, sees, sees]
    noted = [link.kind for link in audit_of(tmp_path / "server").links if link.kind in ("case_seen", "picture_seen")]
    assert noted == (["case_seen", "picture_seen"] if sees else [])
    if sees:
        with pytest.raises(RequestError):
            records.cases.picture(person, case["case_id"], "card_front")
    records.close()


def _is_permitted(look: Callable[[], object]) -> bool:
    try:
        look()
    except LoginError as error:
        return error.reason != "not_permitted"
    return True
