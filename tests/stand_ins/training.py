"""A bank's folder of training pairs, drawn."""

from __future__ import annotations

from pathlib import Path

from teller_assist.demonstration.drawn_faces import LOOKS, drawn_person
from teller_assist.evidence.pictures import Picture
from tests.stand_ins.equipment import write_picture


def training_folder(folder: Path, *same: str) -> Path:
    """Make a folder with one pair for each "yes" (one person) or "no" (two persons)."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["first,second,same"]
    for number, word in enumerate(same):
        first, second = LOOKS[number % len(LOOKS)], LOOKS[(number + (word == "no")) % len(LOOKS)]
        for name, look in ((f"{number}a.png", first), (f"{number}b.png", second)):
            write_picture(folder / name, Picture(drawn_person(204, 252, look), "PNG", "training"))
        lines.append(f"{number}a.png,{number}b.png,{word}")
    (folder / "pairs.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
