"""``teller-assist branch-server --data DIR --port N``: the branch's own server."""

from __future__ import annotations

import argparse
import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from teller_assist.cli.databases import add_database_option, add_keys_option, database_address
from teller_assist.cli.output import EXIT_DONE, set_up_command_logs, write_lines

if TYPE_CHECKING:
    from teller_assist.review.proof import ProofPolicy
    from teller_assist.settings.branch_server import BranchServerSettings


def add_parser(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = subcommands.add_parser("branch-server", help="the branch's server for sealed cases 网点服务器")
    parser.add_argument("--data", type=Path, required=True, help="folder of its database and keys; made where it is not there")
    add_database_option(parser)
    add_keys_option(parser)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (default this machine only)")
    parser.add_argument("--port", type=int, required=True, help="port to listen at; 0: a free one, which is printed")
    parser.add_argument("--tls-cert", type=Path, help="certificate chain, PEM")
    parser.add_argument("--tls-key", type=Path, help="its private key, PEM")
    parser.add_argument("--behind-proxy", action="store_true", help="a proxy in front does TLS")
    parser.add_argument(
        "--heads",
        type=Path,
        metavar="DIR",
        help="second place for signed heads: a folder on another disk, share or write-once medium",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to end."""
    from teller_assist.branch_server.provider import open_provider
    from teller_assist.branch_server.serving import serve
    from teller_assist.review.records import BranchRecords, records_place
    from teller_assist.review.server_keys import keys_folder
    from teller_assist.serving import Address
    from teller_assist.settings.home import installation_root
    from teller_assist.settings.loading import load_settings
    from teller_assist.wording import sentence

    set_up_command_logs()
    settings = load_settings(installation_root(), os.environ)
    address = Address(arguments.host, arguments.port, arguments.tls_cert, arguments.tls_key, arguments.behind_proxy)
    database = database_address(arguments)

    def open_records() -> BranchRecords:
        return BranchRecords(
            arguments.data,
            database=database,
            keys=arguments.keys,
            recent_faces_days=settings.recent_faces.days,
            offline_days=settings.sign_on.offline_days,
            suite_name=settings.branch_server.suite,
            proof=_proof_policy(settings.branch_server, arguments.heads),
        )

    serve(
        records_place(arguments.data, database),
        open_records,
        address,
        lambda url: write_lines(f"listening on {url}"),
        provider=open_provider(settings.provider, arguments.keys or keys_folder(arguments.data)),
        show_first_code=lambda code: write_lines(sentence("branch_admin", "first_code", text=code).zh),
    )
    return EXIT_DONE


def _proof_policy(settings: BranchServerSettings, heads: Path | None) -> ProofPolicy:
    from teller_assist.review.proof import ProofPolicy

    return ProofPolicy(
        heads_folder=heads or (Path(settings.heads_folder) if settings.heads_folder else None),
        head_every_entries=settings.head_every_entries,
        head_every=timedelta(minutes=settings.head_every_minutes),
        case_within=timedelta(hours=settings.case_within_hours),
        silent_after=timedelta(hours=settings.station_silent_hours),
    )
