"""Where the installation lies: the folder with ``config/``, ``models/`` and ``device_plugins/``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from teller_assist.errors import SettingsFileError

HOME_VARIABLE = "TELLER_ASSIST_HOME"


def installation_root(environment: Mapping[str, str] | None = None) -> Path:
    """Find the folder that ``config/`` and ``models/`` lie in.

    The environment variable ``TELLER_ASSIST_HOME`` wins; otherwise it is the folder the package itself was installed from.

    Parameters
    ----------
    environment
        Environment variables; those of this process when left out.

    Returns
    -------
    An absolute path.

    Raises
    ------
    SettingsFileError
        There is no ``config/`` folder in it. The facts name where the folder came from, never its path, which may hold a
        person's name.
    """
    named = (os.environ if environment is None else environment).get(HOME_VARIABLE, "")
    root = Path(named).expanduser() if named else Path(__file__).parents[2]
    if not (root / "config").is_dir():
        origin = HOME_VARIABLE if named else "installation"
        raise SettingsFileError("settings_unreadable", file="config", why="folder_missing", origin=origin)
    return root.resolve()
