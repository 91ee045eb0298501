"""A stand-in reader on a pseudo terminal, and the plugin in its own process."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from teller_assist.devices.id_card_reader import IdCardReaderDevice
from tests.stand_ins.plugin_devices import devices_of

ROOT = Path(__file__).resolve().parents[3]

# The first two bytes of the block are the colour of the whole picture; the third says how it ends.
LIBRARY = r"""
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int unpack(char *block, char *pixels, int key) {
    if (block[2] == 1) return -1;
    if (block[2] == 2) *(volatile int *)0 = 1;
    if (key != 708) return -5;
    puts("chatter of a maker"); fflush(stdout);
    for (int i = 0; i < 102 * 126; i++) { pixels[3 * i] = block[0]; pixels[3 * i + 1] = 0; pixels[3 * i + 2] = block[1]; }
    return 1;
}
int GetBmp(char *file, int interface) {
    char name[4096], block[1024] = {0};
    FILE *in = fopen(file, "rb");
    if (!in || fread(block, 1, 1024, in) != 1024 || interface != 2) return -3;
    fclose(in);
    if (block[2] == 1) return -1;
    strcpy(name, file); strcpy(name + strlen(name) - 3, "bmp");
    FILE *out = fopen(name, "wb");
    unsigned char head[54] = {'B', 'M', 0xCE, 0x97, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0,
        40, 0, 0, 0, 102, 0, 0, 0, 126, 0, 0, 0, 1, 0, 24};
    if (block[2] == 3) head[18] = 101;
    fwrite(head, 1, 54, out);
    for (int row = 0; row < 126; row++) {
        unsigned char line[308] = {0};
        for (int x = 0; x < 102; x++) { line[3 * x] = block[0]; line[3 * x + 2] = block[1]; }
        fwrite(line, 1, 308, out);
    }
    fclose(out);
    return 1;
}
"""


@pytest.fixture
def sam(tmp_path: Path) -> Iterator[Any]:
    """A reader that is plugged in, without a card."""
    pytest.importorskip("pty", reason="pseudo terminals are there on Linux only")
    from teller_assist.demonstration.stand_ins.sam_reader import SamReader

    with SamReader(tmp_path / "reader") as reader:
        yield reader


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, Any]:
    """The plugin's settings, complete, for the stand-in."""
    return {
        "port": str(tmp_path / "reader"),
        "device": "",
        "baud_rate": 115_200,
        "newest_address": False,
        "photo_decoder": "test-webp",
        "photo_library": "",
        "photo_library_sha256": "",
        "photo_function": "_Z6unpackPcS_i",
        "photo_key": 608,
        "photo_colour_order": "bgr",
    }


@pytest.fixture
def open_plugin(settings: dict[str, Any]) -> Iterator[Callable[..., IdCardReaderDevice]]:
    """Open the plugin through the product's host; all are closed at the end."""
    with devices_of(ROOT, "sam_serial_id_reader") as open_one:
        yield lambda **changed: open_one(IdCardReaderDevice, settings | changed)


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stand-in for a maker's library, with the two functions that makers deliver."""
    if sys.platform == "win32" or shutil.which("gcc") is None:
        pytest.skip("no gcc on this machine")
    folder = tmp_path_factory.mktemp("library")
    (folder / "library.c").write_text(LIBRARY, encoding="utf-8")
    path = folder / "libstandin.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", str(path), str(folder / "library.c")], check=True)
    return path


@pytest.fixture
def memory_settings(settings: dict[str, Any], library: Path) -> dict[str, Any]:
    digest = hashlib.sha256(library.read_bytes()).hexdigest()
    pointed = {"photo_decoder": "vendor_memory", "photo_library": str(library), "photo_library_sha256": digest}
    return settings | pointed | {"photo_function": "unpack", "photo_key": 708}
