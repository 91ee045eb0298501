"""Undo what importing OpenCV does to Qt's environment. Imports neither, so that it can run first.

The non-headless OpenCV wheel carries a Qt of its own and, when `cv2` is imported on Linux, points QT_QPA_PLATFORM_PLUGIN_PATH and
QT_QPA_FONTDIR into itself. A QApplication made afterwards loads that plugin into PyQt5's Qt and the process aborts, on xcb; the
offscreen platform hides it. We never open a cv2 window, so nothing of ours needs the variables.
"""

import os
from collections.abc import MutableMapping
from pathlib import PurePath

SET_BY_OPENCV = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")


def clean(environment: MutableMapping[str, str] = os.environ) -> None:
    """Remove the variables that OpenCV set; call it before a QApplication is made and before a child process is started.

    Parameters
    ----------
    environment
        This process's environment, or the one meant for a child. A value that does not point into `cv2` is the administrator's
        own and stays.
    """
    for name in SET_BY_OPENCV:
        if "cv2" in PurePath(environment.get(name, "")).parts:
            del environment[name]
