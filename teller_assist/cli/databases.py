"""``--database URL``: where the branch server's records are, when not in a file of its folder."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

VARIABLE = "TELLER_ASSIST_DATABASE_URL"


def add_database_option(parser: argparse.ArgumentParser) -> None:
    """Add the option."""
    parser.add_argument(
        "--database",
        metavar="URL",
        default="",
        help=f"postgresql://USER@HOST/NAME, without a password; also {VARIABLE} (default a file in the folder)",
    )


def add_keys_option(parser: argparse.ArgumentParser) -> None:
    """Add the option."""
    parser.add_argument("--keys", type=Path, metavar="DIR", help="folder of the server's keys (default DATA.keys, beside it)")


def database_address(arguments: argparse.Namespace) -> str:
    """Return the address that the option or the environment names; "" for a file in the server's folder.

    Raises
    ------
    SecretsError
        "password_in_address": a password on a command line is seen by everybody on the machine.
    UsageError
        It is no address of a PostgreSQL database.
    """
    return without_password(arguments.database) if arguments.database else os.environ.get(VARIABLE, "")


def without_password(told: str) -> str:
    """Return what a command line names, a file or an address, unless a password is in it.

    Raises
    ------
    SecretsError, UsageError
        As for ``database_address``.
    """
    from teller_assist.errors import SecretsError
    from teller_assist.review.engines import database_place

    url = database_place(told).url
    if url.password is not None or "password" in url.query:
        raise SecretsError("password_in_address")
    return told
