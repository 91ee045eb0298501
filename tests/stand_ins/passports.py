"""Made-up travel documents for tests: one portrait in both formats, keys made once, and what opens them."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from teller_assist.demonstration.stand_ins.passport import Passport, made_up_passport
from teller_assist.demonstration.stand_ins.passport_content import PORTRAIT_PX, Holder, portrait_file
from teller_assist.evidence.pictures import Pixels

HOLDER = Holder()
ACCESS = {"document_number": HOLDER.number, "birth_date": HOLDER.birth_date, "expiry_date": HOLDER.expiry_date}
# What stands on it, or opens it: none of it may be logged or hinted at.
SECRETS = (
    HOLDER.number,
    HOLDER.surname,
    HOLDER.given_names,
    HOLDER.given_names.split()[0],
    HOLDER.birth_date,
    HOLDER.expiry_date,
)


@functools.cache
def portrait_pixels() -> Pixels:
    """Return a smooth picture of a passport photo's size: height, width, BGR."""
    width, height = PORTRAIT_PX
    rows, columns = np.mgrid[0:height, 0:width]
    waves = [127 + 90 * np.sin(rows / (17 + 7 * channel)) * np.cos(columns / (23 + 5 * channel)) for channel in range(3)]
    noise = np.random.default_rng(20261201).normal(0, 3, (height, width, 3))
    return np.clip(np.stack(waves, axis=2) + noise, 0, 255).astype(np.uint8)


@functools.cache
def jpeg() -> bytes:
    """Return it as JPEG."""
    return portrait_file(portrait_pixels(), jpeg_2000=False)


@functools.cache
def jpeg_2000() -> bytes:
    """Return it as JPEG 2000."""
    return portrait_file(portrait_pixels(), jpeg_2000=True)


def passport(**chosen: Any) -> Passport:
    """Return a document as ``made_up_passport`` makes it, with this portrait unless another is chosen."""
    return made_up_passport(chosen.pop("holder", HOLDER), chosen.pop("portrait", jpeg()), **chosen)
