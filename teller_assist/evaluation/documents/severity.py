"""How hard a picture is made to read."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """The codes of evaluate-documents/1."""

    MILD = "mild"  # a new card on a clean scanner
    MODERATE = "moderate"  # a used card, hurried
    HARD = "hard"  # worn, glaring, blurred, small: still readable to a person, with effort


class Mode(StrEnum):
    """What took the picture."""

    A4 = "a4"  # a whole A4 glass or sheet, the card anywhere on it, turned in any direction
    FLAT = "flat"  # a scanner that crops to the card
    CAMERA = "cam"  # a document camera or a phone above the desk


SEVERITIES = (Severity.MILD, Severity.MODERATE, Severity.MODERATE, Severity.HARD)  # of four pictures
MODES = (Mode.A4, Mode.CAMERA, Mode.FLAT, Mode.CAMERA, Mode.A4)  # of five
