"""Long runs, by hand: `python scripts/stress.py TASK ... [--out FILE]` in the product's environment.

soak: customers back to back in the real window, about 2.2 seconds each.
load, million, kills: the branch server, on SQLite, with `--database postgresql` on a PostgreSQL server of its own, or `both`.
"""

from __future__ import annotations

import argparse
import datetime
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

PRIVATE, BOTH = "postgresql", "both"
Body = dict[str, Any]


def main() -> int:
    """Do one task and print, or write, what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    tasks = parser.add_subparsers(dest="task", required=True, metavar="TASK")
    soak = tasks.add_parser("soak", help="customers back to back in the real window")
    soak.add_argument("--customers", type=int, default=1000)
    load = tasks.add_parser("load", help="more and more stations, a case a second each")
    load.add_argument(
        "--stations", type=int, nargs="+", default=[10, 20, 30, 40, 60, 80], help="steps; ends after the first too many"
    )
    load.add_argument("--seconds", type=int, default=60, help="of each step")
    million = tasks.add_parser("million", help="lists and case pages of very many cases")
    million.add_argument("--cases", type=int, default=1_000_000)
    kills = tasks.add_parser("kills", help="kill -9 of server, station and database in mid-post")
    kills.add_argument("--times", type=int, default=50)
    for task in (load, million, kills):
        task.add_argument(
            "--database", default="", help="'postgresql': one of the script's own; 'both'; or an empty one's address"
        )
    for task in (soak, load, million, kills):
        task.add_argument("--out", type=Path, help="write the document here instead of printing it")
    arguments = parser.parse_args()
    from teller_assist import __version__

    schema, run = _TASKS[arguments.task]
    told = {"schema": schema, "product_version": __version__, "date": datetime.datetime.now(datetime.UTC).date().isoformat()}
    if getattr(arguments, "database", "") == BOTH:
        body = {**told, "runs": [run(argparse.Namespace(**{**vars(arguments), "database": one})) for one in ("", PRIVATE)]}
    else:
        body = {**told, **run(arguments)}
    text = json.dumps(body, ensure_ascii=False, indent=1) + "\n"
    if arguments.out:
        arguments.out.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


def _say(told: str) -> None:
    print(told, file=sys.stderr, flush=True)


def _soak(arguments: argparse.Namespace) -> Body:
    from teller_assist.demonstration.soak import run_soak

    return run_soak(arguments.customers, _say)


def _load(arguments: argparse.Namespace) -> Body:
    from teller_assist.demonstration.branch_load import run_load

    with _database(arguments.database) as database:
        return run_load(arguments.stations, arguments.seconds, database, _say)


def _million(arguments: argparse.Namespace) -> Body:
    from teller_assist.demonstration.branch_reading import measure_reading

    with _database(arguments.database) as database:
        return measure_reading(arguments.cases, database, _say)


def _kills(arguments: argparse.Namespace) -> Body:
    _find_tests()
    from teller_assist.demonstration.bench import load1, machine_body
    from tests.stand_ins.kill_loop import kill_all_three, kill_both_sides, new_loop
    from tests.stand_ins.postgres import running_cluster

    machine = machine_body(load1())
    with tempfile.TemporaryDirectory() as folder, ExitStack() as undo:
        loop = new_loop(Path(folder))
        undo.callback(loop.end_server)
        if arguments.database != PRIVATE:
            return {"machine": machine, "database": "sqlite", **kill_both_sides(loop, arguments.times)}
        cluster = undo.enter_context(running_cluster(durable=True))
        name = cluster.make()
        loop.database = cluster.url(name)
        undo.callback(loop.end_server)  # before the database
        return {"machine": machine, "database": PRIVATE, **kill_all_three(loop, arguments.times, cluster, name)}


def _find_tests() -> None:
    """The stand-ins are of a checkout, not of the product."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


@contextmanager
def _database(asked: str) -> Iterator[str]:
    """Give the address of the database to use; "": a file."""
    if asked != PRIVATE:
        yield asked
        return
    _find_tests()
    from tests.stand_ins.postgres import running_cluster

    with running_cluster(durable=True) as cluster:
        yield cluster.url(cluster.make())


_TASKS: dict[str, tuple[str, Callable[[argparse.Namespace], Body]]] = {
    "soak": ("soak/1", _soak),
    "load": ("branch_load/1", _load),
    "kills": ("branch_kills/1", _kills),
    "million": ("branch_million/1", _million),
}


if __name__ == "__main__":
    sys.exit(main())
