"""A made-up publisher of device plugins: sites that trust it, packages that are right, and others built by hand."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from teller_assist.devices.packages.authority import sha256_of
from teller_assist.devices.packages.packing import pack
from teller_assist.devices.packages.store import PluginStore
from teller_assist.settings.signing import TRUSTED_KEYS_NAME, Purpose, make_signing_key, signed, trusted_key_entry

WILLING = Path(__file__).parent / "plugins" / "willing"
Entry = tuple[str | zipfile.ZipInfo, bytes]
Change = Callable[[dict[str, Any]], object]


class Publisher:
    """Signs packages of the stand-in plugin ``willing``.

    Parameters
    ----------
    folder
        Where its key and its sources lie.
    """

    def __init__(self, folder: Path, name: str = "publisher") -> None:
        self._folder = folder / name
        self._folder.mkdir()
        self.key_file = self._folder / "signing.key"
        self._public_key = make_signing_key(self.key_file)

    def trusted_at(self, site: Path, *purposes: Purpose) -> None:
        """Let a site's administrator trust it, and nobody else."""
        site.mkdir(exist_ok=True)
        entry = trusted_key_entry("示例公司", self._public_key, frozenset(purposes or (Purpose.PLUGIN,)))
        (site / TRUSTED_KEYS_NAME).write_text('schema = "trusted_keys/1"\n' + entry, encoding="utf-8")

    def source(self, change: Change = lambda told: None, plugin_id: str = "willing") -> Path:
        """Return a plugin's folder, its manifest changed."""
        folder = Path(self._folder / f"source{len(list(self._folder.iterdir()))}" / plugin_id)
        shutil.copytree(WILLING, folder, ignore=shutil.ignore_patterns("__pycache__"))
        told = json.loads((folder / "manifest.json").read_text(encoding="utf-8")) | {"id": plugin_id}
        change(told)
        (folder / "manifest.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        return folder

    def package(self, target: Path, change: Change = lambda told: None, plugin_id: str = "willing") -> Path:
        """Make a package as ``plugin pack`` does."""
        return pack(self.source(change, plugin_id), self.key_file, target).path

    def version(self, target: Path, version: str) -> Path:
        """Make a package of one version."""
        return self.package(target, lambda told: told.update(version=version))

    def by_hand(self, target: Path, more: Iterable[Entry] = (), change: Change = lambda told: None) -> Path:
        """Make a package whose signature is right and whose other files are signed, too, but which nothing else has judged."""
        files: list[Entry] = [(path.name, path.read_bytes()) for path in WILLING.iterdir() if path.suffix == ".py"]
        files += list(more)
        told = json.loads((WILLING / "manifest.json").read_text(encoding="utf-8"))
        told["files"] = {name if isinstance(name, str) else name.filename: sha256_of(content) for name, content in files}
        change(told)
        manifest = json.dumps(told).encode()
        signature = signed(Purpose.PLUGIN, manifest, self.key_file)
        target.write_bytes(zipped([("manifest.json", manifest), ("signature.json", signature), *files]))
        return target


def site_with_plugin(folder: Path) -> Path:
    """Return a site within a folder whose administrator trusts a publisher and installed its ``willing``."""
    site, publisher = folder / "site", Publisher(folder)
    publisher.trusted_at(site)
    PluginStore(site).install(publisher.package(folder / "1.tadp"), frozenset())
    return site


def zipped(entries: Iterable[Entry]) -> bytes:
    """Return a zip file of these entries as they are, one name twice where it stands twice."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name, content in entries:
            package.writestr(name, content)
    return target.getvalue()


def entries_of(package: Path) -> list[Entry]:
    """Return what a package holds."""
    with zipfile.ZipFile(package) as opened:
        return [(name, opened.read(name)) for name in opened.namelist()]


def rewritten(package: Path, change: Callable[[str, bytes], bytes | None], *more: Entry) -> Path:
    """Change a package's files in place: other content, None for no file, or more files."""
    kept = [(str(name), change(str(name), content)) for name, content in entries_of(package)]
    package.write_bytes(zipped([*((name, content) for name, content in kept if content is not None), *more]))
    return package
