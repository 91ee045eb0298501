"""A folder to begin a plugin with: it can be packed, installed and started as it is, and says that no device is there."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from teller_assist import __version__
from teller_assist.devices.kinds import DeviceKind
from teller_assist.devices.manifest import API, MANIFEST_NAME, PLUGIN_ID, SCHEMA
from teller_assist.errors import PluginIncompatibleError, PluginPackageError
from teller_assist.settings.whole_file import as_resource_error
from teller_assist.wording import Sentences

ENTRY = "main.py"
# What each kind must answer beside open, status, selftest and close.
_BODIES: Mapping[DeviceKind, tuple[str, str]] = {
    DeviceKind.CAMERA: (
        "Camera",
        '''
    def frames(self, stop):
        """Yield (width, height, pixels) until stop is set; pixels are rows from the top, BGR."""
        while not stop.is_set():
            raise DeviceProblem("device_missing", "not written yet")
            yield 640, 480, bytes(640 * 480 * 3)
''',
    ),
    DeviceKind.DOCUMENT_SCANNER: (
        "DocumentScanner",
        '''
    def scan(self, cancel):
        """Return {"picture": {"format": "jpeg", "data": bytes}, "dpi": number}."""
        raise DeviceProblem("device_missing", "not written yet")
''',
    ),
    DeviceKind.ID_CARD_READER: (
        "IdCardReader",
        '''
    def find_card(self):
        """Say at once whether a card lies on the reader."""
        return False

    def read(self, cancel):
        """Return the card's record; section 5 of the plugin guide lists its fields."""
        raise DeviceProblem("card_unreadable", "not written yet")
''',
    ),
    DeviceKind.TRAVEL_DOCUMENT_READER: (
        "TravelDocumentReader",
        '''
    def find_card(self):
        """Say at once whether a document lies on the reader."""
        return False

    def read(self, cancel, access):
        """Return the document's record; access opens its chip. The class in the SDK lists the fields."""
        raise DeviceProblem("card_unreadable", "not written yet")
''',
    ),
    DeviceKind.BANK_CARD_READER: (
        "BankCardReader",
        '''
    def find_card(self):
        """Say at once whether a card lies on, or stands in, the reader."""
        return False

    def read(self, cancel):
        """Return the card's record; the class in the SDK lists the fields."""
        raise DeviceProblem("card_unreadable", "not written yet")
''',
    ),
}
_CLASS = '''

class {name}({base}):
    """Drives one device. Its setting "port" is an example: declare what yours needs in manifest.json."""

    def open(self):
        """Open the device or raise DeviceProblem."""
        raise DeviceProblem("device_missing", "not written yet: nothing at port {{}}".format(self.settings["port"]))

    def selftest(self):
        """Return one line per check, without anything of a card."""
        return [{{"check": "opened", "passed": True, "detail": "port {{}}".format(self.settings["port"])}}]

    def close(self):
        """Let the device go within half a second."""
{body}'''
_README = """# {en} ({zh})

A device plugin of teller-assist. `main.py` holds its classes, `manifest.json` says what it is.
Wheels that it needs lie in `wheels/`.

    teller-assist plugin pack {plugin_id} --key publisher.key
    teller-assist plugin verify {plugin_id}-0.1.0.tadp
    teller-assist plugin install {plugin_id}-0.1.0.tadp
    teller-assist plugin selftest {plugin_id}
"""

KINDS = tuple(_BODIES)


def make_skeleton(folder: Path, kinds: Sequence[DeviceKind], name: Sentences) -> tuple[str, ...]:
    """Write a plugin's first files into a new folder and return their names.

    Parameters
    ----------
    folder
        Its name becomes the plugin's id; it must not exist, or be empty.
    kinds
        Of ``KINDS``, at least one.

    Raises
    ------
    PluginIncompatibleError
        "id_form": the folder's name can be no plugin's id.
    PluginPackageError
        "plugin_output_taken".
    ResourceError
        The folder cannot be written.
    """
    if PLUGIN_ID.fullmatch(folder.name) is None:
        raise PluginIncompatibleError(plugin=folder.name[:40], why="id_form", key="id")
    files = {
        MANIFEST_NAME: json.dumps(_manifest(folder.name, kinds, name), ensure_ascii=False, indent=1) + "\n",
        ENTRY: _entry(kinds),
        "README.md": _README.format(zh=name.zh, en=name.en, plugin_id=folder.name),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise PluginPackageError("plugin_output_taken", file=folder.name)
        for path, text in files.items():
            (folder / path).write_text(text, encoding="utf-8", newline="\n")
    except FileExistsError as error:
        raise PluginPackageError("plugin_output_taken", file=folder.name) from error
    except OSError as error:
        raise as_resource_error(error, folder.name) from error
    return tuple(files)


def _manifest(plugin_id: str, kinds: Sequence[DeviceKind], name: Sentences) -> dict[str, object]:
    major = int(__version__.split(".")[0])
    port = {"type": "string", "default": "", "zh": "端口", "en": "port"}
    return {
        "schema": SCHEMA,
        "id": plugin_id,
        "version": "0.1.0",
        "name": {"zh": name.zh, "en": name.en},
        "api": API,
        "product_version": {"min": __version__, "max_exclusive": f"{major + 1}.0.0"},
        "platforms": ["linux", "windows"],
        "kinds": [kind.value for kind in kinds],
        "entry": ENTRY,
        "provided": [],
        "settings": {"port": port},
        "time_limits_s": {},
        "network": False,
        "licence": "proprietary",
    }


def _entry(kinds: Sequence[DeviceKind]) -> str:
    bases = [_BODIES[kind][0] for kind in kinds]
    head = '"""The plugin\'s entry: one class for each kind of device."""\n\n'
    imports = f"from teller_assist_sdk import {', '.join(sorted(['DeviceProblem', *bases]))}\n"
    classes = "".join(
        _CLASS.format(name=f"My{base}", base=base, body=_BODIES[kind][1]) for kind, base in zip(kinds, bases, strict=True)
    )
    table = "".join(f'    "{kind.value}": My{base},\n' for kind, base in zip(kinds, bases, strict=True))
    return f"{head}{imports}{classes}\n\nDEVICES = {{\n{table}}}\n"
