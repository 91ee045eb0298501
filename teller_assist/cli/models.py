"""``teller-assist models fetch|list|verify``: the model files of this installation."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from teller_assist.cli.output import EXIT_DONE, EXIT_KNOWN_ERROR, write_document, write_lines, write_progress
from teller_assist.errors import ModelSourceError

if TYPE_CHECKING:
    from teller_assist.app import Installation
    from teller_assist.model_files.fetching import FetchStep
    from teller_assist.model_files.manifest import ModelEntry
    from teller_assist.model_files.store import ModelState

States = list[tuple["ModelEntry", "ModelState"]]


def add_parser(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand to the parser."""
    parser = subcommands.add_parser("models", help="fetch, list and verify the model files 模型文件的获取、列表与校验")
    parser.add_argument(
        "action",
        choices=("fetch", "list", "verify"),
        help="fetch: get what is missing or altered; list: compare hashes; verify: compare hashes and run each model once",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Do the action and print the state of every model.

    Returns
    -------
    3 if ``verify`` finds a required model that is not ready, otherwise 0.

    Raises
    ------
    ModelSourceError
        ``fetch`` could not get a required model; those that could be had are stored all the same.
    """
    from teller_assist.app import open_installation
    from teller_assist.model_files.store import ModelState

    installation = open_installation()
    actions: dict[str, Callable[[Installation], States]] = {"fetch": _fetch, "list": _list, "verify": _verify}
    states = actions[arguments.action](installation)
    if arguments.json:
        write_document("models/1", {"models": [_row(entry, state) for entry, state in states]})
    else:
        write_lines(*_table(states))
    unusable = any(entry.required and state is not ModelState.READY for entry, state in states)
    return EXIT_KNOWN_ERROR if unusable and arguments.action == "verify" else EXIT_DONE


def _fetch(installation: Installation) -> States:
    from teller_assist.model_files.fetching import fetch_model
    from teller_assist.model_files.sessions import self_check
    from teller_assist.model_files.sources import FOLDER_VARIABLE, FetchMeans

    named = os.environ.get(FOLDER_VARIABLE, "")
    store, limits = installation.model_store, installation.settings.models
    failures = []
    with tempfile.TemporaryDirectory() as scratch:
        means = FetchMeans(
            Path(scratch),
            Path(named) if named else None,
            connect_timeout_s=limits.download_connect_timeout_s,
            read_timeout_s=limits.download_read_timeout_s,
            total_timeout_s=limits.download_total_timeout_s,
        )
        for entry in store.manifest.entries:
            try:
                fetch_model(store, entry, means, _show_step)
            except ModelSourceError as error:
                # An optional model stays away visibly: its row says what is switched off.
                if entry.required:
                    failures.append(error)
                continue
            self_check(store, entry)
    if failures:
        raise failures[0]
    return _list(installation)


def _list(installation: Installation) -> States:
    store = installation.model_store
    return [(entry, store.state(entry)) for entry in store.manifest.entries]


def _verify(installation: Installation) -> States:
    from teller_assist.model_files.sessions import checked_state

    store = installation.model_store
    return [(entry, checked_state(store, entry)) for entry in store.manifest.entries]


def _show_step(step: FetchStep) -> None:
    from teller_assist.wording import sentence

    source = sentence("model_source", step.source).zh if step.source else ""
    size_mb = round(step.size_bytes / 1e6, 1)
    words = sentence("model_step", step.kind, model=step.model_id, source=source, why=step.why, size_mb=size_mb)
    write_progress(words.zh)


def _row(entry: ModelEntry, state: ModelState) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": entry.model_id,
        "task": entry.task,
        "state": state.value,
        "required": entry.required,
        "sha256": entry.sha256,
        "licence": entry.licence,
        "switches_off": list(entry.switches_off),
    }
    if state.value != "ready":
        row.update(_why_words(entry))
    return row


def _why_words(entry: ModelEntry) -> dict[str, str]:
    """Say in words what does not work without the model."""
    from teller_assist.wording import sentence

    words = [sentence("switched_off", function) for function in entry.switches_off]
    return {"why_zh": "".join(each.zh for each in words), "why_en": " ".join(each.en for each in words)}


def _table(states: States) -> list[str]:
    """Return lines for people; the Chinese words stand last, where their double width breaks no column."""
    from teller_assist.wording import sentence

    lines = []
    for entry, state in states:
        word = sentence("model_state", state.value).zh
        lines.append(f"{entry.model_id:<24}{entry.task:<22}{entry.licence:<18}{entry.sha256[:12]}  {word}")
        if state.value != "ready":
            lines.append(f"    {_why_words(entry)['why_zh']}")
    return lines
