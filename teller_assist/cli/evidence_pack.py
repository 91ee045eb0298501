"""``teller-assist evidence-pack open | verify``: what the receiver of an evidence pack does with it; no server is asked."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from teller_assist.cli.output import EXIT_DONE, EXIT_KNOWN_ERROR, write_document, write_lines

if TYPE_CHECKING:
    from teller_assist.alerts.keys import ServerKeys
    from teller_assist.review.evidence_pack.checking import PackVerdict


def add_parser(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = subcommands.add_parser("evidence-pack", help="open or check an evidence pack 证据包")
    tasks = parser.add_subparsers(dest="task", required=True, metavar="TASK")
    opening = tasks.add_parser("open", help="decrypt a pack into an empty folder")
    opening.add_argument("pack", type=Path, metavar="FILE")
    opening.add_argument("--out", type=Path, required=True, metavar="DIR", help="an empty or new folder")
    opening.set_defaults(run=_open)
    verify = tasks.add_parser(
        "verify", help="find the first file that is not as the server made it; exit code 3 where there is one"
    )
    verify.add_argument("pack", type=Path, metavar="DIR_OR_FILE", help="an opened pack's folder, or the encrypted file")
    verify.add_argument("--keys", type=Path, help="the server's public_keys.json, got in another way than with the pack")
    verify.set_defaults(run=_verify)
    for task in (opening, verify):
        task.add_argument("--passphrase-stdin", action="store_true", help="read the passphrase from standard input")
        task.add_argument("--json", action="store_true", help="print one document")


def _open(arguments: argparse.Namespace) -> int:
    from teller_assist.review.evidence_pack.checking import write_pack
    from teller_assist.wording import sentence

    files = _read(arguments)
    write_pack(files, arguments.out)
    if arguments.json:
        write_document("evidence_pack_opened/1", {"files": sorted(files)})
    else:
        write_lines(sentence("evidence_pack", "opened", files=len(files), folder=str(arguments.out)).zh)
    return EXIT_DONE


def _verify(arguments: argparse.Namespace) -> int:
    from teller_assist.review.evidence_pack.checking import check_pack

    keys = None if arguments.keys is None else _pinned(arguments.keys)
    verdict = check_pack(_read(arguments), keys)
    if arguments.json:
        write_document("evidence_pack_verdict/1", _body(verdict, pinned=keys is not None))
    else:
        write_lines(*_lines(verdict, pinned=keys is not None))
    return EXIT_DONE if verdict.fault is None else EXIT_KNOWN_ERROR


def _read(arguments: argparse.Namespace) -> dict[str, bytes]:
    from teller_assist.review.evidence_pack.checking import is_encrypted, read_pack
    from teller_assist.wording import sentence

    if not is_encrypted(arguments.pack):
        return read_pack(arguments.pack)
    from_stdin = arguments.passphrase_stdin
    passphrase = sys.stdin.readline() if from_stdin else getpass.getpass(sentence("evidence_pack", "ask").zh)
    return read_pack(arguments.pack, passphrase)


def _pinned(path: Path) -> ServerKeys:
    import json

    from teller_assist.alerts.keys import ServerKeys
    from teller_assist.alerts.shapes import check_shape
    from teller_assist.errors import UsageError

    try:
        return ServerKeys.from_body(check_shape(json.loads(path.read_bytes()), "server_keys/1"))
    except (OSError, ValueError) as error:
        raise UsageError(what="keys") from error


def _body(verdict: PackVerdict, *, pinned: bool) -> dict[str, Any]:
    body: dict[str, Any] = {
        "intact": verdict.fault is None,
        "files": verdict.files,
        "entries": verdict.entries,
        "content_sha256": verdict.content_sha256,
        "keys": "pinned" if pinned else "of_the_pack",
        "fingerprint": verdict.fingerprint,
    }
    if verdict.fault is not None:
        body["first_bad"] = {"file": verdict.fault.file, "kind": verdict.fault.kind.value}
    return body


def _lines(verdict: PackVerdict, *, pinned: bool) -> list[str]:
    from teller_assist.wording import sentence

    if verdict.fault is not None:
        fault = sentence("pack_fault", verdict.fault.kind.value).zh
        return [sentence("evidence_pack", "not_intact", file=verdict.fault.file, fault=fault).zh]
    told = sentence(
        "evidence_pack", "intact", files=verdict.files, entries=verdict.entries, content=_grouped(verdict.content_sha256)
    )
    warned = [] if pinned else [sentence("evidence_pack", "own_keys", fingerprint=verdict.fingerprint).zh]
    return [told.zh, *warned]


def _grouped(text: str) -> str:
    return " ".join(text[at : at + 8] for at in range(0, len(text), 8))
