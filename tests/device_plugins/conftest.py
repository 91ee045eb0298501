"""The plugins' own modules and the SDK that they import join the search path, behind everything else."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
for folder in (ROOT, ROOT / "teller_assist" / "devices" / "sdk"):
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
