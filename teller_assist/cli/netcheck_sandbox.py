"""``teller-assist netcheck-sandbox --port N``: a made-up authority for training and tests."""

from __future__ import annotations

import argparse
from pathlib import Path

from teller_assist.cli.output import EXIT_DONE, set_up_command_logs, write_lines

# A test holds them to the enumeration, which is imported when it is needed.
FAULTS = ("none", "busy", "error", "silent", "dripping", "no_json", "unknown_code", "broken_photo", "down")


def add_parser(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = subcommands.add_parser("netcheck-sandbox", help="a made-up authority for training and tests 联网核查模拟")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (default this machine only)")
    parser.add_argument("--port", type=int, required=True, help="port to listen at; 0: a free one, which is printed")
    parser.add_argument("--tls-cert", type=Path, help="certificate chain, PEM")
    parser.add_argument("--tls-key", type=Path, help="its private key, PEM")
    parser.add_argument("--delay-ms", type=float, default=200.0, help="from question to answer (default 200)")
    parser.add_argument("--fault", default="none", choices=FAULTS, help="what is wrong with it; PUT /behaviour changes it later")
    parser.add_argument("--customers", type=Path, help="folder of simulated customers in place of the sandbox's own persons")
    parser.add_argument("--credential", default="", help="ask every station for this credential")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to end."""
    from teller_assist.demonstration.customers import read_customers
    from teller_assist.demonstration.sandbox_persons import customers_as_persons, sandbox_persons
    from teller_assist.errors import UsageError
    from teller_assist.netcheck_sandbox.answering import DELAY_MOST_MS, Authority, Behaviour, Fault
    from teller_assist.netcheck_sandbox.serving import serve
    from teller_assist.serving import Address

    set_up_command_logs()
    if not 0 <= arguments.delay_ms <= DELAY_MOST_MS:
        raise UsageError(what="sandbox_behaviour")
    folder = arguments.customers
    persons = sandbox_persons() if folder is None else customers_as_persons(read_customers(folder))
    authority = Authority(persons, Behaviour(arguments.delay_ms, Fault(arguments.fault)))
    address = Address(arguments.host, arguments.port, arguments.tls_cert, arguments.tls_key)
    serve(authority, address, lambda url: write_lines(f"listening on {url}"), credential=arguments.credential)
    return EXIT_DONE
