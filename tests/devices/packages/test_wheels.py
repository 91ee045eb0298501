"""What lies in a plugin's ``wheels/`` can be imported in its process, and there only."""

from __future__ import annotations

import zipfile
from pathlib import Path

from teller_assist.devices.packages.packing import pack
from teller_assist.devices.packages.store import PluginStore
from teller_assist.devices.plugins import PluginShelf
from tests.devices.conftest import read_status
from tests.stand_ins.packages import Publisher

READS_ITS_WHEELS = """
import made_up_wheel, made_up_unpacked
from teller_assist_sdk import IdCardReader

class Reader(IdCardReader):
    def status(self):
        return {"wheel": made_up_wheel.NAME, "unpacked": made_up_unpacked.NAME}

DEVICES = {"id_card_reader": Reader}
"""


def test_a_pure_wheel_and_an_unpacked_package_are_imported_from_the_package(
    publisher: Publisher, site: Path, tmp_path: Path
) -> None:
    source = publisher.source()
    (source / "main.py").write_text(READS_ITS_WHEELS, encoding="utf-8")
    (source / "wheels" / "made_up_unpacked").mkdir(parents=True)
    (source / "wheels" / "made_up_unpacked" / "__init__.py").write_text("NAME = 'unpacked'", encoding="utf-8")
    with zipfile.ZipFile(source / "wheels" / "made_up_wheel-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("made_up_wheel.py", "NAME = 'wheel'")
    PluginStore(site).install(pack(source, publisher.key_file, tmp_path / "p.tadp").path, frozenset())
    placed = PluginShelf(tmp_path, site).find("willing")
    assert read_status(placed) == {"wheel": "wheel", "unpacked": "unpacked"}
    placed.judged()  # nothing was compiled into the folder
