"""What a command prints: one JSON document for programs, or lines for people; and what happens when it fails."""

from __future__ import annotations

import json
import os
import sys
import uuid
from pathlib import Path
from types import TracebackType
from typing import Any

from teller_assist import __version__
from teller_assist.errors import KnownError, UsageError
from teller_assist.settings.crash import places

EXIT_DONE = 0
EXIT_USAGE = 2
EXIT_KNOWN_ERROR = 3
EXIT_OUR_FAULT = 4


def document(schema: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return a body with its schema and the product's version."""
    return {"schema": schema, "product_version": __version__, **body}


def write_document(schema: str, body: dict[str, Any]) -> None:
    """Print one JSON document with its schema and the product's version to stdout."""
    sys.stdout.write(json.dumps(document(schema, body), ensure_ascii=False, allow_nan=False) + "\n")
    sys.stdout.flush()


def write_lines(*lines: str) -> None:
    """Print lines for people to stdout."""
    sys.stdout.write("\n".join(lines) + "\n")


def write_progress(line: str) -> None:
    """Print one line about how far a long command has come, to stderr."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def error_body(error: KnownError, request_id: str) -> dict[str, Any]:
    """Return the body of an error/1 document."""
    from teller_assist.wording import error_sentences

    sentences = error_sentences(error)
    return {
        "error": {
            "reason": error.reason,
            "zh": sentences.zh,
            "en": sentences.en,
            "facts": error.facts,
            "request_id": request_id,
        }
    }


def set_up_command_logs() -> None:
    """Set the logs up for a command that needs nothing else of an installation: the branch server has neither models nor devices.

    Raises
    ------
    SettingsError
        A settings file stops the start.
    """
    from teller_assist.settings.home import installation_root
    from teller_assist.settings.loading import load_settings
    from teller_assist.settings.logs import set_up_logs

    logs = load_settings(installation_root(), os.environ).logs
    set_up_logs(logs.level, folder=Path(logs.folder) if logs.folder else None)


class CommandGuard:
    """Turn what a command raises into its exit code and its words.

    A context manager and not an ``except Exception``: bugs pass through here once, on their way out of the program.
    """

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.exit_code = EXIT_DONE
        self.request_id = uuid.uuid4().hex

    def __enter__(self) -> CommandGuard:
        """Return the guard itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None) -> bool:
        """Report the error, if any, and swallow it unless it ends the interpreter."""
        if error is None:
            return False
        if isinstance(error, KnownError):
            self._report_known(error)
            return True
        if isinstance(error, BrokenPipeError):  # the reader of stdout has seen enough; flushing at exit would complain again
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return True
        if isinstance(error, Exception):
            self._report_bug(error)
            return True
        return False

    def _report_known(self, error: KnownError) -> None:
        self.exit_code = EXIT_USAGE if isinstance(error, UsageError) else EXIT_KNOWN_ERROR
        body = error_body(error, self.request_id)
        if self.as_json:
            write_document("error/1", body)
        else:
            sys.stderr.write(f"{body['error']['zh']}\n{error}\n")  # the facts are what the sentences leave out

    def _report_bug(self, error: Exception) -> None:
        """Name the place, never the values: a message or a local could hold personal data."""
        from teller_assist.wording import sentence

        self.exit_code = EXIT_OUR_FAULT
        facts = {"type": type(error).__name__, "place": places(error.__traceback__)}
        words = sentence("program", "own_fault")
        if self.as_json:
            body = {"reason": "own_fault", "zh": words.zh, "en": words.en, "facts": facts, "request_id": self.request_id}
            write_document("error/1", {"error": body})
        sys.stderr.write(f"{words.zh}\n{facts['type']} at {facts['place']} ({self.request_id})\n")
