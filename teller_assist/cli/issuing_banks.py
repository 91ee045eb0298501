"""``teller-assist issuing-banks check|sign``: which bank issued a bank card, by the beginning of its number."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from teller_assist.cli.output import EXIT_DONE, write_document, write_lines

if TYPE_CHECKING:
    from teller_assist.evidence.issuing_banks import IssuingBanks


def add_parser(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = subcommands.add_parser("issuing-banks", help="which bank issued a card, by its number's beginning 发卡行表")
    tasks = parser.add_subparsers(dest="task", required=True, metavar="TASK")
    check = tasks.add_parser("check", help="read such a file")
    check.add_argument("--file", type=Path, help="another file than the one in force")
    check.add_argument("--json", action="store_true", help="print one JSON document")
    check.set_defaults(run=run_check)
    sign = tasks.add_parser("sign", help="sign a bank's own file; with its signature it counts beside the site's settings")
    sign.add_argument("file", type=Path, metavar="FILE", help="issuing_banks.toml; FILE.signature.json is written beside it")
    sign.add_argument("--key", type=Path, required=True, help="a private key with the purpose bank_file")
    sign.add_argument("--json", action="store_true", help="print one JSON document")
    sign.set_defaults(run=run_sign)


def run_check(arguments: argparse.Namespace) -> int:
    """Read a file, or the one in force, and say how much it knows."""
    from teller_assist.app import open_installation
    from teller_assist.wording import sentence

    banks = open_installation().issuing_banks if arguments.file is None else _read(arguments.file)[1]
    names = len({issuer.bank for issuer in banks.by_prefix.values()})
    body: dict[str, str | int] = {
        "date": banks.date.isoformat(),
        "author": banks.author,
        "banks": names,
        "prefixes": len(banks.by_prefix),
    }
    if arguments.json:
        write_document("issuing-banks-check/1", body)
    else:
        write_lines(sentence("issuing_banks", "whole", **body).zh)
    return EXIT_DONE


def run_sign(arguments: argparse.Namespace) -> int:
    """Check a file and sign it."""
    from teller_assist.settings.signed_file import sign_file
    from teller_assist.wording import sentence

    content, banks = _read(arguments.file)
    target = sign_file(arguments.file, content, arguments.key)
    if arguments.json:
        body = {"file": arguments.file.name, "signature": target.name}
        write_document("issuing-banks-sign/1", {"date": banks.date.isoformat(), "author": banks.author, **body})
    else:
        write_lines(sentence("issuing_banks", "signed", file=arguments.file.name, signature=target.name).zh)
    return EXIT_DONE


def _read(file: Path) -> tuple[bytes, IssuingBanks]:
    from teller_assist.errors import SettingsFileError
    from teller_assist.evidence.issuing_banks import read_issuing_banks

    try:
        content = file.read_bytes()
    except OSError as error:
        raise SettingsFileError("settings_unreadable", file=file.name) from error
    return content, read_issuing_banks(content, file.name)
