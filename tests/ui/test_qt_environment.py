"""A PyQt5 program starts after `cv2` was imported. On the real xcb plugin: the offscreen platform cannot fail here."""

import os
import shutil
import subprocess
import sys

import pytest
from set_up.display import private_display

from teller_assist.ui import qt_environment

PROGRAM = """
import sys
import cv2
if "clean" in sys.argv:
    from teller_assist.ui import qt_environment
    qt_environment.clean()
from PyQt5.QtGui import QFontDatabase
from PyQt5.QtWidgets import QApplication, QLabel
application = QApplication([])
label = QLabel("柜面核身助手")
label.show()
application.processEvents()
picture = label.grab().toImage()
colours = {picture.pixel(x, y) for x in range(picture.width()) for y in range(picture.height())}
print(application.platformName(), len(colours) > 2, len(QFontDatabase().families(QFontDatabase.SimplifiedChinese)) > 0)
"""
needs_x = pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed; scripts/test.py installs or names it")


def started(*arguments: str) -> subprocess.CompletedProcess[str]:
    with private_display() as variables:
        environment = {**os.environ, **variables}
        for name in qt_environment.SET_BY_OPENCV:
            environment.pop(name, None)
        command = [sys.executable, "-c", PROGRAM, *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.full
@needs_x
def test_after_clean_a_window_with_chinese_text_is_drawn_on_xcb() -> None:
    done = started("clean")
    assert (done.returncode, done.stdout.split()) == (0, ["xcb", "True", "True"]), done.stderr


@needs_x
def test_without_clean_the_process_aborts_which_is_why_clean_exists() -> None:
    done = started()
    assert done.returncode != 0
    assert "Could not load the Qt platform plugin" in done.stderr


def test_only_what_points_into_opencv_is_removed() -> None:
    environment = {
        "QT_QPA_PLATFORM_PLUGIN_PATH": "/usr/lib/cv2/qt/plugins",
        "QT_QPA_FONTDIR": "/usr/share/fonts",
        "QT_QPA_PLATFORM": "xcb",
    }
    qt_environment.clean(environment)
    assert environment == {"QT_QPA_FONTDIR": "/usr/share/fonts", "QT_QPA_PLATFORM": "xcb"}


def test_nothing_to_remove_is_no_error() -> None:
    environment: dict[str, str] = {}
    qt_environment.clean(environment)
    assert environment == {}
