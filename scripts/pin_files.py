"""Renew the pins of the files that ship with the product. Run it after changing one of them on purpose."""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from teller_assist.settings.shipped import pins_of  # noqa: E402

if __name__ == "__main__":
    target = ROOT / "teller_assist" / "settings" / "shipped_files.json"
    target.write_text(json.dumps(pins_of(ROOT), indent=1) + "\n", encoding="utf-8")
    print(f"{target.relative_to(ROOT)}: {len(pins_of(ROOT))} files")
