"""SANE's library in this process: there is one, and it lists only while no scanner of this process is open.

To list, SANE is begun anew: some of its backends look for devices at their start only, and one that was plugged in later would
never be seen. That closes what is open, and other backends disturb an open scanner when they look. So while one is open, it
alone is watched, by the system's own list of USB devices; one whose name is no place is found gone by the next scan.
"""

from __future__ import annotations

import os
from typing import Any

from teller_assist_sdk import DeviceProblem

from .listing import ListedScanner, listed_scanners
from .problems import problem_while_opening, sane_errors, status_of

CONFIG_VARIABLE = "SANE_CONFIG_DIR"


class SaneLibrary:
    """The one library of a process.

    Attributes
    ----------
    version
        Of SANE, "1.1"; empty before the first listing.
    """

    def __init__(self) -> None:
        self.version = ""
        self._begun = False
        self._listed: list[ListedScanner] = []
        self._opened: ListedScanner | None = None

    def scanners(self, settings: dict[str, Any]) -> list[ListedScanner]:
        """Return the scanners that the settings allow and that are there now; of an open one, whether it still is.

        Raises
        ------
        DeviceProblem
            plugin_failed: SANE cannot be begun.
        """
        if self._opened is None:
            self._listed = listed_scanners(self._begun_anew(str(settings["config_folder"])), str(settings["backend"]))
        elif self._opened.usb is not None and not self._opened.usb.is_there():
            return [one for one in self._listed if one is not self._opened]
        return list(self._listed)

    def open(self, settings: dict[str, Any], identity: str) -> tuple[ListedScanner, Any]:
        """Open the scanner of an identity, where it is now, and return it with what python-sane calls it by.

        Raises
        ------
        DeviceProblem
            device_missing, device_busy, device_denied; plugin_failed: the backend says something else.
        """
        import sane

        listed = self._listed or self.scanners(settings)
        scanner = next((one for one in listed if one.identity == identity), None)
        if scanner is None:
            raise DeviceProblem("device_missing", "SANE does not list it")
        try:
            handle = sane.open(scanner.name)
        except sane_errors() as error:
            raise problem_while_opening(error) from error
        self._opened = scanner
        return scanner, handle

    def release(self, handle: Any) -> None:
        """Close what was opened; from now on the library lists again."""
        self._opened = None
        handle.close()

    def end(self) -> None:
        """End SANE, where it was begun."""
        if self._begun:
            import sane

            self._begun, self._listed = False, []
            sane.exit()

    def _begun_anew(self, config_folder: str) -> list[tuple[str, str, str, str]]:
        self.end()
        if config_folder:  # the process starts without any variable; the library reads this one when it begins
            os.environ[CONFIG_VARIABLE] = config_folder
        import sane

        try:
            version = sane.init()
            self._begun = True
            self.version = ".".join(str(part) for part in version[1:3])
            return list(sane.get_devices(True))
        except sane_errors() as error:
            raise DeviceProblem("plugin_failed", f"list: {status_of(error)}") from error
