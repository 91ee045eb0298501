"""Find out by drawing them which characters recognition takes for which: the table that names are held against.

Every character of the general standard list (通用规范汉字表) and of GB 2312 is drawn between two common ones, in each Chinese
text font of this machine, clean and worn, and given to the recognition model. By hand; the list comes from pypinyin-dict (MIT):

    pip install --no-deps --target SOMEWHERE pypinyin-dict==0.9.0 pypinyin==0.55.0
    PYTHONPATH=SOMEWHERE .venv/bin/python scripts/draw_name_characters.py teller_assist/documents/data/name_characters.csv.gz

The same fonts, libraries and model give the same bytes; half an hour on two cores.
"""

from __future__ import annotations

import csv
import gzip
import importlib
import io
import re
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime
from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from teller_assist.evaluation.documents.fonts import FontUse, fonts_for  # noqa: E402

SEED = 20261201
WORN_PASSES = 3  # and one clean
BEFORE, BEHIND = "李王张刘陈杨赵黄周吴徐孙马朱胡林", "明华军丽芳强伟英平文玉杰敏辉兰峰"
EM_PX, SIZE_PX, PLACE_PX = 34, (120, 44), (6, 2)  # about as on a card of 1011 pixels
MODEL = ROOT / "models" / "files" / "pp-ocrv6-small-rec.onnx"
HEIGHT_PX, WIDTH_PX = 48, 160  # what the model is shown
BATCH = 16

Pixels = npt.NDArray[np.uint8]
Read = tuple[str, str, float]  # drawn, read, confidence


def characters() -> list[str]:
    """Return what is drawn, in a fixed order."""
    listed = importlib.import_module("pypinyin_dict.pinyin_data.ktghz2013").__file__
    codes = re.findall(r"^\s*0x([0-9A-Fa-f]+)\s*:", Path(str(listed)).read_text(encoding="utf-8"), re.MULTILINE)
    rows = ((first, second) for first in range(0xB0, 0xF8) for second in range(0xA1, 0xFF))
    older = {bytes(pair).decode("gb2312") for pair in rows if pair < (0xD7, 0xFA) or pair >= (0xD8, 0xA1)}
    return sorted({chr(int(code, 16)) for code in codes} | older)


def drawn(character: str, font: Any, rng: np.random.Generator, *, worn: bool) -> tuple[str, str, Pixels]:
    """Return the neighbours and the picture, uint8, shape (44, 120), of a character between them."""
    before, behind = BEFORE[rng.integers(len(BEFORE))], BEHIND[rng.integers(len(BEHIND))]
    paper, ink = int(rng.integers(200, 245)), int(rng.integers(20, 70))
    image = Image.new("L", SIZE_PX, paper)
    ImageDraw.Draw(image).text(PLACE_PX, before + character + behind, font=font, fill=ink)
    picture = np.asarray(image, np.float32)
    picture = _worn(picture, paper, rng) if worn else _clean(picture, rng)
    rounded = np.clip(picture, 0, 255).astype(np.uint8)
    packed = cv2.imencode(".jpg", rounded, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(60, 92))])[1]
    return before, behind, np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)


def _clean(picture: npt.NDArray[np.float32], rng: np.random.Generator) -> npt.NDArray[np.float32]:
    soft = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.3, 0.9))
    return np.asarray(soft + rng.normal(0, rng.uniform(1, 4), picture.shape), np.float32)


def _worn(picture: npt.NDArray[np.float32], paper: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    scale = rng.uniform(0.5, 0.75)
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), rng.uniform(0.4, 0.8))
    noisy = small + rng.normal(0, rng.uniform(3, 8), small.shape)
    pale = paper - (paper - noisy) * rng.uniform(0.5, 0.9)
    return np.asarray(cv2.resize(pale, SIZE_PX, interpolation=cv2.INTER_CUBIC), np.float32)


def shown(picture: Pixels) -> npt.NDArray[np.float32]:
    """Return a picture as the model takes it, float32, shape (3, 48, 160)."""
    width = min(WIDTH_PX, int(np.ceil(HEIGHT_PX * picture.shape[1] / picture.shape[0])))
    sized = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR), (width, HEIGHT_PX)).astype(np.float32)
    told = np.zeros((3, HEIGHT_PX, WIDTH_PX), np.float32)
    told[:, :, :width] = (sized / 255 - 0.5).transpose(2, 0, 1) / 0.5
    return told


@cache
def _model() -> tuple[onnxruntime.InferenceSession, list[str]]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    settings = MODEL.with_suffix(".yml").read_text(encoding="utf-8")
    listed = re.findall(r"^ *- (.*)$", settings[settings.index("character_dict") :], re.MULTILINE)
    known = ["", *(one.strip("'\"") for one in listed), " "]
    return onnxruntime.InferenceSession(str(MODEL), options, providers=["CPUExecutionProvider"]), known


def read(pictures: Sequence[Pixels]) -> list[list[tuple[str, float]]]:
    """Return what each picture says, character by character with its confidence (best path, as the document worker decodes)."""
    session, known = _model()
    answers = session.run(None, {session.get_inputs()[0].name: np.stack([shown(one) for one in pictures])})[0]
    told = []
    for steps in answers:
        best = steps.argmax(axis=1)
        begins = [place for place, one in enumerate(best) if one and (place == 0 or best[place - 1] != one)]
        told.append([(known[best[place]], float(steps[place, best[place]])) for place in begins])
    return told


def one_pass(job: tuple[int, int]) -> list[Read]:
    """Return what came of one pass through one font; what is not read as three characters between the neighbours is left out."""
    place, number = job
    font = fonts_for(FontUse.TEXT)[place]
    rng = np.random.default_rng((SEED, place, number))
    these = [one for one in characters() if font.has(one)]
    found: list[Read] = []
    for start in range(0, len(these), BATCH):
        part = [(one, *drawn(one, font.at(EM_PX), rng, worn=number > 0)) for one in these[start : start + BATCH]]
        for (one, before, behind, _), told in zip(part, read([picture for *_, picture in part]), strict=True):
            if len(told) == 3 and (told[0][0], told[2][0]) == (before, behind):
                found.append((one, *told[1]))
    return found


def table(reads: Sequence[Read]) -> Iterator[tuple[str, int, int, str]]:
    """Yield for each character that was read: how often rightly, how often another was read as it, how surely at most."""
    rightly: dict[str, int] = {}
    wrongly: dict[str, list[float]] = {}
    for character, said, confidence in reads:
        if character == said:
            rightly[said] = rightly.get(said, 0) + 1
        else:
            wrongly.setdefault(said, []).append(confidence)
    for said in sorted(rightly.keys() | wrongly.keys()):
        others = wrongly.get(said, [])
        yield said, rightly.get(said, 0), len(others), f"{max(others, default=0.0):.3f}"


def main() -> None:
    """Draw, read and write the table."""
    jobs = [(place, number) for number in range(1 + WORN_PASSES) for place in range(len(fonts_for(FontUse.TEXT)))]
    with ProcessPoolExecutor(2) as pool:
        reads = [one for part in pool.map(one_pass, jobs) for one in part]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("character", "read_rightly", "others_read_as_it", "at_most"))
    writer.writerows(table(reads))
    Path(sys.argv[1]).write_bytes(gzip.compress(text.getvalue().encode("utf-8"), mtime=0))
    wrong = sum(one != said for one, said, _ in reads)
    print(f"{len(reads)} drawn and read between their neighbours, {wrong} as another")


if __name__ == "__main__":
    main()
