"""The window's start and end as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from set_up.display import private_display

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("cv2", "onnxruntime", "onnx", "scipy", "requests", "insightface", "keyring", "PIL")


@pytest.fixture(scope="module")
def display() -> Iterator[dict[str, str]]:
    with private_display() as variables:
        yield variables


def run(program: str, display: dict[str, str], **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **display, **variables}
    for name in ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR"):
        environment.pop(name, None)
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.full
def test_nothing_heavy_is_imported_before_the_first_paint(display: dict[str, str]) -> None:
    done = run(
        f"""
        import sys
        from PyQt5.QtWidgets import QApplication
        from teller_assist.settings.schema import StationSettings
        from teller_assist.ui.start import run_window

        def painted():
            print(sorted(set({HEAVY!r}) & set(sys.modules)))
            QApplication.quit()

        sys.exit(run_window(lambda: 1 / 0, StationSettings(), prepared=lambda window: window.window.painted.connect(painted)))
        """,
        display,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


@pytest.mark.full
def test_a_fault_in_a_slot_is_reported_without_values_and_the_window_stays(display: dict[str, str]) -> None:
    done = run(
        """
        import logging, sys
        from PyQt5.QtCore import QTimer
        from PyQt5.QtWidgets import QApplication, QLabel
        from teller_assist.settings.crash import prepare_for_crashes
        from teller_assist.settings.schema import StationSettings
        from teller_assist.ui.start import run_window
        from tests.stand_ins.stations import ScriptedStation
        from tests.stand_ins.views import STATES

        logging.basicConfig(stream=sys.stderr, format="%(message)s")
        prepare_for_crashes()

        def prepared(window):
            def fails():
                name = "a person's name"
                raise ValueError(name)

            def look():
                print([label.text() for label in window.panel.problem.findChildren(QLabel)], window.window.isVisible())
                QApplication.quit()

            window.link.view_changed.connect(lambda _view: QTimer.singleShot(0, fails))
            window.link.view_changed.connect(lambda _view: QTimer.singleShot(200, look))

        sys.exit(run_window(lambda: ScriptedStation(STATES["match"]()), StationSettings(), prepared=prepared))
        """,
        display,
    )
    assert done.returncode == 0, done.stderr
    assert "程序内部出现错误" in done.stdout
    assert done.stdout.strip().endswith("True")
    assert "ValueError at" in done.stderr
    assert "a person" not in done.stderr + done.stdout


@pytest.mark.full
def test_what_opencv_sets_while_the_station_opens_is_not_inherited_by_children(display: dict[str, str]) -> None:
    done = run(
        """
        import os, sys
        from PyQt5.QtWidgets import QApplication
        from teller_assist.settings.schema import StationSettings
        from teller_assist.ui.start import run_window
        from tests.stand_ins.stations import ScriptedStation
        from tests.stand_ins.views import STATES

        def open_station():
            import cv2
            print("QT_QPA_FONTDIR" in os.environ)
            return ScriptedStation(STATES["ready"]())

        def looked(_view):
            print("QT_QPA_FONTDIR" in os.environ, "QT_QPA_PLATFORM_PLUGIN_PATH" in os.environ)
            QApplication.quit()

        sys.exit(run_window(open_station, StationSettings(), prepared=lambda window: window.link.view_changed.connect(looked)))
        """,
        display,
    )
    assert (done.returncode, done.stdout.split()) == (0, ["True", "False", "False"]), done.stderr


@pytest.mark.full
@pytest.mark.parametrize(("factor", "ratio"), [("", "1.0"), ("1.5", "1.5")])
def test_the_scale_is_whole_unless_the_administrator_names_another(display: dict[str, str], factor: str, ratio: str) -> None:
    done = run(
        """
        from PyQt5.QtWidgets import QWidget
        from teller_assist.ui.start import make_application
        application = make_application()
        print(QWidget().devicePixelRatioF())
        """,
        display,
        QT_SCALE_FACTOR=factor,
    )
    assert done.stdout.strip() == ratio, done.stderr


@pytest.mark.full
@pytest.mark.parametrize("without", [{"DISPLAY": ""}, {"DISPLAY": ":987654"}], ids=["none", "a server that is not there"])
def test_without_a_screen_it_ends_in_words_and_not_in_an_abort(without: dict[str, str]) -> None:
    done = run(
        """
        from teller_assist.errors import ResourceError
        from teller_assist.settings.schema import StationSettings
        from teller_assist.ui.start import run_window
        from teller_assist.wording import error_sentences
        try:
            run_window(lambda: 1 / 0, StationSettings())
        except ResourceError as error:
            print(error_sentences(error).en)
        """,
        without,
        QT_QPA_PLATFORM="xcb",
    )
    assert (done.returncode, done.stdout[:37]) == (0, "The program cannot open a window on a"), done.stderr
