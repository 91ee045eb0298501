"""JSON text that a person can read in a diff: every array of plain values on a line of its own."""

from __future__ import annotations

import json
from typing import Any


def with_short_arrays(value: Any, indent: int = 0) -> str:
    """Return JSON text with one line per object entry and every array of plain values on its own line."""
    pad = " " * (indent + 1)
    if isinstance(value, dict) and value:
        lines = [f"{pad}{json.dumps(str(k))}: {with_short_arrays(v, indent + 1)}" for k, v in value.items()]
        return "{\n" + ",\n".join(lines) + "\n" + " " * indent + "}"
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        items = [f"{pad}{with_short_arrays(item, indent + 1)}" for item in value]
        return "[\n" + ",\n".join(items) + "\n" + " " * indent + "]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
