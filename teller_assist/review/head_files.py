"""The second place: files of signed heads, one line each, only ever appended to.

    heads-2026-11.jsonl   {schema head/1, server, since, index, head, prefixes, at, signature}

``head`` is the hash of entry ``index``; ``prefixes`` holds the first 8 bytes of every entry's hash after ``since``.
So somebody who rewrites the whole chain with the server's own key is found out, and the first entry that differs is named.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from teller_assist.alerts.canonical import canonical_bytes, from_base64, to_base64, utc_text
from teller_assist.alerts.durable import append_durably
from teller_assist.alerts.keys import ServerKeys, SigningKey, is_signed
from teller_assist.alerts.shapes import check_shape
from teller_assist.errors import DatabaseError, ResourceError, ShapeError

PREFIX_HEX = 16
PREFIXES_MOST = 1000  # of one line
_FILES = "heads-*.jsonl"


@dataclass(frozen=True)
class KeptHead:
    """One line of the second place.

    Attributes
    ----------
    server
        Fingerprint of the server's keys.
    since
        The entry before the first of ``prefixes``.
    prefixes
        The first 16 hex characters of the hashes of the entries ``since`` + 1 to ``index``.
    """

    server: str
    since: int
    index: int
    head: str
    prefixes: tuple[str, ...]
    at: str
    signature: str

    def is_signed(self, keys: ServerKeys) -> bool:
        """Return whether the server with these keys signed it."""
        try:
            signature = from_base64(self.signature, what="signature")
        except ShapeError:
            return False
        return self.server == keys.fingerprint and is_signed(_signed_bytes(self), signature, keys.verify_key)


def new_head(keys: ServerKeys, key: SigningKey, entries: Sequence[tuple[int, str]], now: datetime.datetime) -> KeptHead:
    """Return the signed head of some entries (index, hash) that follow each other."""
    index, head = entries[-1]
    prefixes = tuple(one[:PREFIX_HEX] for _, one in entries)
    open_head = KeptHead(keys.fingerprint, entries[0][0] - 1, index, head, prefixes, utc_text(now), "")
    signature = to_base64(key.sign(_signed_bytes(open_head)))
    return KeptHead(**{**vars(open_head), "signature": signature})


def append_head(folder: Path, head: KeptHead) -> None:
    """Append a head to its month's file; it is safe once this returns.

    Raises
    ------
    ResourceError
        The folder is not there, full, or cannot be written to.
    """
    if not folder.is_dir():  # never made here: a share that is not mounted must not become a folder of this disk
        raise ResourceError("folder_not_writable", folder="heads")
    path = folder / f"heads-{head.at[:7]}.jsonl"
    line = json.dumps({"schema": "head/1", **_body(head), "signature": head.signature}, separators=(",", ":"))
    append_durably(path, _line_end(path) + line.encode("ascii") + b"\n")


def read_heads(path: Path) -> Iterator[KeptHead]:
    """Return the heads of a folder or one file, in the order of writing; a line that was cut short by a crash is passed over.

    Raises
    ------
    DatabaseError
        A file cannot be read.
    """
    for file in sorted(path.glob(_FILES)) if path.is_dir() else [path]:
        try:
            with file.open("rb") as lines:
                yield from (head for head in map(_parsed, lines) if head is not None)
        except OSError as error:
            raise DatabaseError("database_unreadable", why="heads") from error


def last_head(folder: Path) -> KeptHead | None:
    """Return the newest line of the second place; None: there is none yet.

    Raises
    ------
    ResourceError
        The folder cannot be read.
    """
    try:
        for file in sorted(folder.glob(_FILES), reverse=True):
            found = [head for head in map(_parsed, file.read_bytes().split(b"\n")) if head is not None]
            if found:
                return found[-1]
    except OSError as error:
        raise ResourceError("folder_not_writable", folder="heads") from error
    return None


def _line_end(path: Path) -> bytes:
    """Return what must come first so that a line which a crash cut short is not continued."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            if size == 0:
                return b""
            file.seek(size - 1)
            return b"" if file.read(1) == b"\n" else b"\n"
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise ResourceError("folder_not_writable", folder="heads") from error


def _parsed(line: bytes) -> KeptHead | None:
    try:
        told = check_shape(json.loads(line), "head/1")
    except (ValueError, ShapeError, RecursionError):
        return None
    text = told["prefixes"]
    prefixes = tuple(text[at : at + PREFIX_HEX] for at in range(0, len(text), PREFIX_HEX))
    if len(prefixes) != told["index"] - told["since"] or len(text) % PREFIX_HEX:
        return None
    return KeptHead(told["server"], told["since"], told["index"], told["head"], prefixes, told["at"], told["signature"])


def _body(head: KeptHead) -> dict[str, Any]:
    """Return what is signed."""
    return {**{name: value for name, value in vars(head).items() if name != "signature"}, "prefixes": "".join(head.prefixes)}


def _signed_bytes(head: KeptHead) -> bytes:
    return canonical_bytes(_body(head))
