"""The scripts' folder joins the search path, last, because it holds a `test.py`."""

import sys
from pathlib import Path

import pytest
from PyQt5.QtWidgets import QApplication

from teller_assist.ui import qt_environment

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
if str(SCRIPTS) not in sys.path:
    sys.path.append(str(SCRIPTS))


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    """What pytest-qt makes the application of; other tests of this process have imported OpenCV by then."""
    qt_environment.clean()
    return QApplication
