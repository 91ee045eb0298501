"""The files that plugins share join the search path, as they do in a plugin's process."""

from __future__ import annotations

import sys

from teller_assist.devices.process import SDK_PATH

if str(SDK_PATH.parent) not in sys.path:
    sys.path.append(str(SDK_PATH.parent))
