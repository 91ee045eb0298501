"""``teller-assist branch-server --data DIR --port N``: the branch's own server."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from teller_assist.cli.databases import add_database_option, add_keys_option, database_address
from teller_assist.cli.output import EXIT_DONE, set_up_command_logs, write_lines


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
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to end."""
    from teller_assist.branch_server.provider import open_provider
    from teller_assist.branch_server.serving import serve
    from teller_assist.review.server_keys import keys_folder
    from teller_assist.serving import Address
    from teller_assist.settings.home import installation_root
    from teller_assist.settings.loading import load_settings
    from teller_assist.wording import sentence

    set_up_command_logs()
    settings = load_settings(installation_root(), os.environ)
    address = Address(arguments.host, arguments.port, arguments.tls_cert, arguments.tls_key, arguments.behind_proxy)
    serve(
        arguments.data,
        address,
        lambda url: write_lines(f"listening on {url}"),
        database=database_address(arguments),
        keys=arguments.keys,
        recent_faces_days=settings.recent_faces.days,
        offline_days=settings.sign_on.offline_days,
        suite_name=settings.branch_server.suite,
        provider=open_provider(settings.provider, arguments.keys or keys_folder(arguments.data)),
        show_first_code=lambda code: write_lines(sentence("branch_admin", "first_code", text=code).zh),
    )
    return EXIT_DONE
