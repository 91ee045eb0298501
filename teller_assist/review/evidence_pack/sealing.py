"""Encrypting a pack with a passphrase that is made for it, shown once and kept nowhere (age, scrypt recipient).

Encrypting happens in a process of its own (``encrypting``): the library holds the interpreter for the seconds that scrypt
takes, and half a gigabyte. A server that answers stations must not stand still for that.
"""

from __future__ import annotations

import math
import re
import secrets
import subprocess
import sys
import threading
import unicodedata
from pathlib import Path

import pyrage

from teller_assist.errors import PackError

GROUPS, GROUP_DIGITS = 8, 4
BITS = math.log2(10) * GROUPS * GROUP_DIGITS
_TIMEOUT_S = 120
_PROGRAM = Path(__file__).with_name("encrypting.py")
_ONE_AT_A_TIME = threading.Lock()  # half a gigabyte each


def new_passphrase() -> str:
    """Return a passphrase of 106 bits: digits only, in groups: read aloud in any language, typed with any input method."""
    return "-".join(f"{secrets.randbelow(10**GROUP_DIGITS):0{GROUP_DIGITS}d}" for _ in range(GROUPS))


def tidy_passphrase(typed: str) -> str:
    """Return what somebody typed in the form that passphrases are made in; blanks, dashes and full-width digits do not matter."""
    plain = unicodedata.normalize("NFKC", typed)
    digits = re.sub(r"[\s\-‐-―−_.]", "", plain)
    return "-".join(digits[at : at + GROUP_DIGITS] for at in range(0, len(digits), GROUP_DIGITS))


def encrypt(data: bytes, passphrase: str) -> bytes:
    """Return data as an age file that opens with the passphrase.

    Raises
    ------
    PackError
        "pack_not_encrypted": the machine could not; most likely it has too little memory.
    """
    command = [sys.executable, "-I", str(_PROGRAM)]
    with _ONE_AT_A_TIME:
        try:
            done = subprocess.run(
                command, input=passphrase.encode("ascii") + b"\n" + data, capture_output=True, timeout=_TIMEOUT_S, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise PackError("pack_not_encrypted", why=type(error).__name__) from None  # it carries what was sent
    if done.returncode != 0:
        raise PackError("pack_not_encrypted", why=f"exit_code_{done.returncode}")
    return done.stdout


def decrypt(data: bytes, passphrase: str) -> bytes:
    """Return what an age file holds.

    Raises
    ------
    PackError
        "pack_passphrase_wrong"; "pack_damaged": the passphrase fits, the file does not; "pack_unreadable": it is no such file.
    """
    try:
        return bytes(pyrage.passphrase.decrypt(data, tidy_passphrase(passphrase)))
    except pyrage.DecryptError as error:
        raise PackError(_REASONS.get(str(error), "pack_unreadable")) from error


# What the library says; an altered stanza of the header reads like a wrong passphrase, nothing can tell them apart.
_REASONS = {
    "Decryption failed": "pack_passphrase_wrong",
    "decryption error": "pack_damaged",
    "Header MAC is invalid": "pack_damaged",
}
