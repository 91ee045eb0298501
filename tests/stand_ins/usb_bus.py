"""A made-up /sys with USB cameras that are plugged in and out, and the camera's plugin with a pretended driver for them.

All of the plugin is the shipped one but two lines: where the system's list of cameras lies, and what opens one.
"""

from __future__ import annotations

import shutil
from pathlib import Path

PLUGIN = Path(__file__).resolve().parents[2] / "device_plugins" / "video_camera"
# It delivers as long as the camera's node is there, then fails, and says that it is open all the time.
_DRIVER = """
import time
from pathlib import Path
import numpy as np

class Capture:
    def __init__(self, place):
        self._node = Path({cameras!r}) / Path(place).name
        self._was_there = self._node.exists()
        self._device = (self._node / "device").resolve()
    def isOpened(self):
        return self._was_there
    def set(self, key, value):
        pass
    def read(self):
        time.sleep(0.04)
        if (self._node / "device").resolve() != self._device or not self._node.exists():
            return False, None
        return True, np.full((240, 320, 3), 128, np.uint8)
    def release(self):
        pass
"""


class UsbBus:
    """What is plugged in.

    Parameters
    ----------
    root
        An empty folder; the plugin stands in ``device_plugins`` below it.
    """

    def __init__(self, root: Path) -> None:
        self._devices, self._cameras = root / "devices", root / "class" / "video4linux"
        self._aside = root / "aside"
        self._cameras.mkdir(parents=True)
        self._count = 0
        plugin = root / "device_plugins" / PLUGIN.name
        shutil.copytree(PLUGIN, plugin, ignore=shutil.ignore_patterns("__pycache__"))
        (plugin / "pretended.py").write_text(_DRIVER.format(cameras=str(self._cameras)), encoding="utf-8")
        _replace(plugin / "usb_cameras.py", 'Path("/sys/class/video4linux")', f"Path({str(self._cameras)!r})")
        _replace(plugin / "captures.py", "cv2.VideoCapture(camera.place, backend)", "Capture(camera.place)")
        _replace(plugin / "captures.py", "\nimport cv2\n", "\nimport cv2\nfrom .pretended import Capture\n")

    def plug_in(self, node: int, *, serial: str = "", port: str = "1-1") -> None:
        """Plug a camera in; a plugin never sees half of it.

        Parameters
        ----------
        node
            The number that the system gives it this time.
        """
        self._count += 1
        device = self._devices / f"plug{self._count}" / port
        function = device / f"{port}:1.0"
        function.mkdir(parents=True)
        for name, content in {"idVendor": "046d", "idProduct": "0825", "serial": serial}.items():
            (device / name).write_text(content + "\n")
        (function / "bInterfaceNumber").write_text("00\n")
        self._aside.mkdir()
        (self._aside / "index").write_text("0\n")
        (self._aside / "device").symlink_to(function)
        self._aside.rename(self._cameras / f"video{node}")

    def unplug(self, node: int) -> None:
        """Pull one out."""
        pulled = self._cameras.parent / "pulled"
        (self._cameras / f"video{node}").rename(pulled)
        shutil.rmtree(pulled)


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    if text.count(old) != 1:
        raise AssertionError(f"{path.name} has changed: {old!r}")
    path.write_text(text.replace(old, new), encoding="utf-8")
