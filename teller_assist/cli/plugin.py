"""``teller-assist plugin``: device plugins for IT: make, sign, judge, install, list, test, return to the previous version."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from teller_assist.cli.given_settings import given_settings
from teller_assist.cli.output import EXIT_DONE, EXIT_KNOWN_ERROR, document, write_document, write_lines
from teller_assist.errors import UsageError

if TYPE_CHECKING:
    from teller_assist.devices.packages.store import Change, PluginStore
    from teller_assist.devices.plugins import ListedPlugin, PluginShelf
    from teller_assist.devices.selftest import SelftestCheck
    from teller_assist.settings.signing import TrustedKey

# Those of the skeleton; a test holds them to it.
KINDS = ("camera", "document_scanner", "id_card_reader", "travel_document_reader", "bank_card_reader")
PURPOSES = ("plugin", "bank_file")


def add_parser(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = subcommands.add_parser("plugin", help="device plugins: pack, install, list 设备插件的打包、安装与检查")
    tasks = parser.add_subparsers(dest="task", required=True, metavar="TASK")
    new = tasks.add_parser("new", help="a folder to begin a plugin with")
    new.add_argument("folder", type=Path, metavar="FOLDER", help="its name becomes the plugin's id")
    new.add_argument("--kind", action="append", required=True, choices=KINDS, help="what it drives; may be given several times")
    new.add_argument("--name-zh", default="示例插件", help="its name in Chinese")
    new.add_argument("--name-en", default="Example plugin", help="its name in English")
    keygen = tasks.add_parser("keygen", help="a key pair to sign with; the public half goes to the banks")
    keygen.add_argument("file", type=Path, metavar="KEY", help="the private key's file; KEY.pub.toml gets the public half")
    keygen.add_argument("--owner", required=True, help="whose key it is, as administrators will read it")
    keygen.add_argument("--purpose", action="append", choices=PURPOSES, help="what it may sign; plugin where it is left out")
    pack = tasks.add_parser("pack", help="make a signed package of a plugin's folder")
    pack.add_argument("folder", type=Path, metavar="FOLDER")
    pack.add_argument("--key", type=Path, required=True, help="the private key's file")
    pack.add_argument("--out", type=Path, help="the package's file; ID-VERSION.tadp where it is left out")
    for name, words in (("verify", "judge a package; nothing is installed"), ("install", "judge a package and install it")):
        tasks.add_parser(name, help=words).add_argument("package", type=Path, metavar="FILE.tadp")
    tasks.add_parser("list", help="every plugin, with the reason where one is refused")
    for name, words in (("rollback", "return to the previous version"), ("remove", "remove an installed plugin")):
        tasks.add_parser(name, help=words).add_argument("plugin", metavar="ID")
    selftest = tasks.add_parser("selftest", help="judge a plugin, open its devices, one line per check")
    selftest.add_argument("plugin", metavar="ID")
    selftest.add_argument("--kind", action="append", choices=KINDS, default=[], help="only these of its devices")
    selftest.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of the plugin, for this once"
    )
    selftest.add_argument(
        "--report", type=Path, help="also write the document here, for the plugin's maker; no personal data in it"
    )
    for name, task in tasks.choices.items():
        task.add_argument("--json", action="store_true", help="print one JSON document")
        task.set_defaults(run=_RUNS[name])


def run_new(arguments: argparse.Namespace) -> int:
    """Write a plugin's first files."""
    from teller_assist.devices.kinds import DeviceKind
    from teller_assist.devices.packages.skeleton import make_skeleton
    from teller_assist.wording import Sentences, sentence

    kinds = [DeviceKind(kind) for kind in dict.fromkeys(arguments.kind)]
    files = make_skeleton(arguments.folder, kinds, Sentences(zh=arguments.name_zh, en=arguments.name_en))
    body = {"id": arguments.folder.name, "kinds": [kind.value for kind in kinds], "files": list(files)}
    return _told(arguments, "plugin-new/1", body, sentence("plugin_done", "new", plugin=arguments.folder.name).zh)


def run_keygen(arguments: argparse.Namespace) -> int:
    """Make a key pair."""
    from teller_assist.errors import PluginPackageError
    from teller_assist.settings.signing import Purpose, key_id_of, make_signing_key, trusted_key_entry
    from teller_assist.settings.whole_file import write_whole
    from teller_assist.wording import sentence

    public_file = arguments.file.with_name(arguments.file.name + ".pub.toml")
    if public_file.exists():
        raise PluginPackageError("plugin_output_taken", file=public_file.name)
    if not arguments.owner.strip() or not arguments.owner.isprintable():
        raise UsageError(what="owner")
    public_key = make_signing_key(arguments.file)
    entry = trusted_key_entry(arguments.owner, public_key, frozenset(Purpose(one) for one in arguments.purpose or ["plugin"]))
    write_whole(public_file, entry.encode("utf-8"))
    body = {"key_id": key_id_of(public_key), "owner": arguments.owner, "public_key_file": public_file.name, "trusted_key": entry}
    words = sentence("plugin_done", "keygen", key_id=body["key_id"], file=public_file.name)
    return _told(arguments, "plugin-keygen/1", body, words.zh, entry)


def run_pack(arguments: argparse.Namespace) -> int:
    """Make a signed package."""
    from teller_assist.devices.packages.packing import pack
    from teller_assist.wording import sentence

    packed = pack(arguments.folder, arguments.key, arguments.out)
    manifest = packed.manifest
    body = {"id": manifest.plugin_id, "version": manifest.version, "package": packed.path.name, "files": packed.files}
    words = sentence("plugin_done", "pack", plugin=manifest.plugin_id, version=manifest.version, file=packed.path.name)
    return _told(arguments, "plugin-pack/1", body, words.zh)


def run_verify(arguments: argparse.Namespace) -> int:
    """Judge a package; a refusal is an error."""
    from teller_assist.wording import sentence

    unpacked = _store().verify(arguments.package)
    manifest = unpacked.manifest
    body = {
        "verified": True,
        "id": manifest.plugin_id,
        "version": manifest.version,
        "name_zh": manifest.name.zh,
        "name_en": manifest.name.en,
        "kinds": [kind.value for kind in manifest.kinds],
        "network": manifest.network,
        "licence": manifest.licence,
        "files": unpacked.files,
        "key": _key(unpacked.key),
    }
    words = sentence(
        "plugin_done",
        "verify",
        plugin=manifest.plugin_id,
        version=manifest.version,
        owner=unpacked.key.owner,
        files=unpacked.files,
    )
    return _told(arguments, "plugin-verify/1", body, words.zh)


def run_install(arguments: argparse.Namespace) -> int:
    """Judge a package and install it."""
    change = _store().install(arguments.package, _shelf().shipped_ids())
    return _told_change(arguments, change, "install" if change.changed else "unchanged")


def run_rollback(arguments: argparse.Namespace) -> int:
    """Return to the previous version."""
    _refuse_shipped(arguments.plugin)
    return _told_change(arguments, _store().roll_back(arguments.plugin), "rollback")


def run_remove(arguments: argparse.Namespace) -> int:
    """Remove an installed plugin, also one whose id ships since the product was renewed."""
    from teller_assist.wording import sentence

    store = _store()
    if all(one.plugin_id != arguments.plugin for one in store.installed()):
        _refuse_shipped(arguments.plugin)
    removed = store.remove(arguments.plugin)
    body = {"id": removed.plugin_id, "version": removed.version}
    return _told(arguments, "plugin-remove/1", body, sentence("plugin_done", "remove", plugin=removed.plugin_id).zh)


def run_list(arguments: argparse.Namespace) -> int:
    """List every plugin."""
    rows = [_row(one) for one in _shelf().listed()]
    lines = [f"{row['id']:<26}{row['version'] or '-':<12}{row['origin']:<11}{row['zh']}" for row in rows]
    return _told(arguments, "plugin-list/1", {"plugins": rows}, *lines)


def run_selftest(arguments: argparse.Namespace) -> int:
    """Test a plugin and its devices, as the site set them where it chose this plugin; ends with 3 where a check did not pass."""
    from teller_assist.devices.kinds import DeviceKind
    from teller_assist.devices.selftest import run_selftest as run
    from teller_assist.settings.home import installation_root
    from teller_assist.settings.loading import load_settings
    from teller_assist.settings.whole_file import write_whole

    devices = load_settings(installation_root(), os.environ).devices
    placed = _shelf().find(arguments.plugin)
    given = given_settings(arguments.set)
    settings = {DeviceKind(kind): {**one.settings_of(arguments.plugin), **given} for kind, one in devices.choices.items()}
    told = run(placed, tuple(DeviceKind(kind) for kind in arguments.kind), settings, devices, given=given)
    passed = all(line.passed for lines in told.values() for line in lines)
    parts = [{"part": part, "checks": [dataclasses.asdict(line) for line in lines]} for part, lines in told.items()]
    body = {"id": arguments.plugin, "version": placed.version, "passed": passed, "parts": parts}
    if arguments.report is not None:
        write_whole(arguments.report, (json.dumps(document("selftest/1", body), ensure_ascii=False, indent=1) + "\n").encode())
    _told(arguments, "selftest/1", body, *(_selftest_line(part, line) for part, lines in told.items() for line in lines))
    return EXIT_DONE if passed else EXIT_KNOWN_ERROR


def _selftest_line(part: str, line: SelftestCheck) -> str:
    from teller_assist.wording import codes, sentence

    what = sentence("selftest_check", line.check).zh if line.check in codes("selftest_check") else line.check
    state = sentence("selftest", "passed" if line.passed else "failed").zh
    told = f"[{state}] {part}  {what}  {line.detail}  {line.latency_ms} ms"
    return told if line.why is None else f"{told}  {line.why.zh}"


_RUNS = {
    "new": run_new,
    "keygen": run_keygen,
    "pack": run_pack,
    "verify": run_verify,
    "install": run_install,
    "list": run_list,
    "rollback": run_rollback,
    "remove": run_remove,
    "selftest": run_selftest,
}


def _row(one: ListedPlugin) -> dict[str, Any]:
    from teller_assist.wording import sentence

    refusal = one.refusal
    why = "" if refusal is None else str(refusal.facts["why"])
    words = sentence("plugin_state", one.state.value) if refusal is None else sentence("plugin_why", why)
    return {
        "id": one.plugin_id,
        "version": one.version,
        "state": one.state.value,
        "reason": None if refusal is None else refusal.reason,
        "why": why or None,
        "zh": words.zh if refusal is None else f"{sentence('plugin_state', one.state.value).zh}：{words.zh}",
        "en": words.en if refusal is None else f"{sentence('plugin_state', one.state.value).en}: {words.en}",
        "origin": one.origin.value,
        "kinds": [kind.value for kind in one.kinds],
    }


def _told_change(arguments: argparse.Namespace, change: Change, code: str) -> int:
    from teller_assist.wording import sentence

    manifest = change.manifest
    body: dict[str, Any] = {
        "id": manifest.plugin_id,
        "version": manifest.version,
        "previous_version": change.previous_version,
        "changed": change.changed,
    }
    facts = {"plugin": manifest.plugin_id, "version": manifest.version}
    if code == "install" and change.previous_version is not None:
        code, facts["previous"] = "install_kept", change.previous_version
    if change.key is not None:
        body["key"], facts["owner"] = _key(change.key), change.key.owner
    words = sentence("plugin_done", code, **facts)
    return _told(arguments, f"plugin-{arguments.task}/1", body, words.zh)


def _key(key: TrustedKey) -> dict[str, str]:
    return {"id": key.key_id, "owner": key.owner}


def _told(arguments: argparse.Namespace, schema: str, body: dict[str, Any], *lines: str) -> int:
    if arguments.json:
        write_document(schema, body)
    else:
        write_lines(*lines)
    return EXIT_DONE


def _refuse_shipped(plugin_id: str) -> None:
    from teller_assist.errors import PluginPackageError

    if plugin_id in _shelf().shipped_ids():
        raise PluginPackageError("plugin_ships", plugin=plugin_id)


def _store() -> PluginStore:
    from teller_assist.devices.packages.store import PluginStore
    from teller_assist.settings.loading import site_folder

    return PluginStore(site_folder(os.environ))


def _shelf() -> PluginShelf:
    from teller_assist.devices.plugins import PluginShelf
    from teller_assist.settings.home import installation_root
    from teller_assist.settings.loading import site_folder

    return PluginShelf(installation_root(), site_folder(os.environ))
