"""What years do to a card, drawn on the flat card: faded print, scratches, stains, film, dirt; and what its film reflects."""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np

from teller_assist.evaluation.documents.chance import Chance, between, happens, whole
from teller_assist.evaluation.documents.layers import Layer, to_pixels
from teller_assist.evaluation.documents.severity import Severity
from teller_assist.evidence.pictures import Pixels

# Share of the cards that show each kind of wear. Chosen to make a set varied, not measured on real cards.
_SHARES = {
    Severity.MILD: {"faded": 0.1, "scratches": 0.15, "stains": 0.05, "dirt": 0.2, "film": 0.15, "film_edge": 0.05},
    Severity.MODERATE: {"faded": 0.3, "scratches": 0.35, "stains": 0.2, "dirt": 0.4, "film": 0.35, "film_edge": 0.15},
    Severity.HARD: {"faded": 0.45, "scratches": 0.55, "stains": 0.35, "dirt": 0.6, "film": 0.5, "film_edge": 0.3},
}
_STRENGTHS = {Severity.MILD: 0.5, Severity.MODERATE: 0.75, Severity.HARD: 1.0}


def wear_card(card: Pixels, severity: Severity, chance: Chance) -> tuple[Pixels, list[str]]:
    """Return a used card, and the names of what was done to it.

    Parameters
    ----------
    card
        uint8, shape (638, 1011, 3), BGR; left as it is.
    """
    strength = _STRENGTHS[severity]
    worn, done = card.astype(np.float32), []
    for name, share in _SHARES[severity].items():
        if happens(chance, share):
            worn = _KINDS[name](worn, strength, chance)
            done.append(name)
    return to_pixels(worn), done


def _faded(card: Layer, strength: float, chance: Chance) -> Layer:
    """Print that has lost ink, more in patches: towards the paper's own colour."""
    paper = np.median(card.reshape(-1, 3), axis=0).astype(np.float32)
    patches = 0.5 + 0.5 * _clouds(card.shape[:2], chance, whole(chance, 3, 7))
    lost = (strength * between(chance, 0.25, 0.5)) * patches
    return card + (paper - card) * lost[..., None]


def _scratches(card: Layer, strength: float, chance: Chance) -> Layer:
    height, width = card.shape[:2]
    layer = np.zeros((height, width), np.uint8)
    for _ in range(whole(chance, 3, round(6 + 14 * strength))):
        start = np.array([between(chance, 0, width), between(chance, 0, height)])
        turn, length = between(chance, 0, math.pi), between(chance, 60, 520)
        middle = start + length / 2 * np.array([math.cos(turn), math.sin(turn)]) + chance.normal(0, 8, 2)
        end = start + length * np.array([math.cos(turn), math.sin(turn)])
        points = np.array([start, middle, end]).astype(np.int32)
        cv2.polylines(layer, [points], False, whole(chance, 60, 190), 1, cv2.LINE_AA)
    light = 245.0 if happens(chance, 0.75) else 70.0
    share = cv2.GaussianBlur(layer, (0, 0), 0.7).astype(np.float32)[..., None] / 255 * (0.5 + 0.5 * strength)
    return card + (light - card) * share


def _stains(card: Layer, strength: float, chance: Chance) -> Layer:
    height, width = card.shape[:2]
    for _ in range(whole(chance, 1, 3)):
        mask = np.zeros((height, width), np.uint8)
        centre = (whole(chance, 0, width), whole(chance, 0, height))
        axes = (whole(chance, 25, 130), whole(chance, 20, 90))
        ring = -1 if happens(chance, 0.6) else whole(chance, 5, 12)
        cv2.ellipse(mask, centre, axes, whole(chance, 0, 180), 0, 360, 255, ring, cv2.LINE_AA)
        share = cv2.GaussianBlur(mask, (0, 0), between(chance, 4, 14)).astype(np.float32)[..., None] / 255
        tint = np.array([between(chance, 0.45, 0.75), between(chance, 0.6, 0.85), between(chance, 0.75, 0.95)], np.float32)
        card = card * (1 - share * strength * (1 - tint))
    return card


def _dirt(card: Layer, strength: float, chance: Chance) -> Layer:
    """Specks, and a darker rim from many hands."""
    height, width = card.shape[:2]
    specks = np.zeros((height, width), np.uint8)
    for _ in range(whole(chance, 10, round(30 + 90 * strength))):
        at = (whole(chance, 0, width - 1), whole(chance, 0, height - 1))
        cv2.circle(specks, at, whole(chance, 0, 2), whole(chance, 60, 200), -1, cv2.LINE_AA)
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    rim = np.minimum(np.minimum(across, width - across), np.minimum(down, height - down))
    shade: Layer = 1 - 0.18 * strength * np.exp(-rim / 18)
    worn: Layer = card * shade[..., None] * (1 - 0.6 * specks.astype(np.float32)[..., None] / 255)
    return worn


def _film(card: Layer, strength: float, chance: Chance) -> Layer:
    """A rainbow band across the card, as the film's hologram shows under a lamp; with a repeated pattern in it."""
    height, width = card.shape[:2]
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    turn = between(chance, 0, math.pi)
    along = across * math.cos(turn) + down * math.sin(turn)
    place = between(chance, float(along.min()), float(along.max()))
    wide = between(chance, 60, 240)
    band: Layer = np.exp(-(((along - place) / wide) ** 2))
    hue = (along / between(chance, 1.2, 3.5) + between(chance, 0, 180)) % 180
    colours = np.stack([hue, np.full_like(hue, whole(chance, 110, 220)), np.full_like(hue, 255)], axis=-1).astype(np.uint8)
    rainbow = cv2.cvtColor(colours, cv2.COLOR_HSV2BGR).astype(np.float32)
    pitch = between(chance, 14, 40)
    pattern = 0.75 + 0.25 * np.sign(np.sin(2 * math.pi * across / pitch) * np.sin(2 * math.pi * down / pitch))
    share = (band * pattern * between(chance, 0.2, 0.55) * strength)[..., None]
    worn: Layer = card + (rainbow - card) * share
    return worn


def _film_edge(card: Layer, strength: float, chance: Chance) -> Layer:
    """The film lifted at a corner: a pale bow, its border bright."""
    height, width = card.shape[:2]
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    corner_x, corner_y = (0 if happens(chance, 0.5) else width), (0 if happens(chance, 0.5) else height)
    distance = np.hypot(across - corner_x, down - corner_y)
    radius = between(chance, 50, 130)
    lifted: Layer = 1 / (1 + np.exp(np.clip((distance - radius) / 3, -30, 30)))
    border = np.exp(-(((distance - radius) / 2.5) ** 2))
    share = (0.28 * lifted + 0.6 * border) * strength
    worn: Layer = card + (235 - card) * share[..., None]
    return worn


_KINDS: dict[str, Callable[[Layer, float, Chance], Layer]] = {
    "faded": _faded,
    "scratches": _scratches,
    "stains": _stains,
    "dirt": _dirt,
    "film": _film,
    "film_edge": _film_edge,
}


def _clouds(shape: tuple[int, ...], chance: Chance, cells: int) -> Layer:
    """Return smooth patches, -1 to 1."""
    height, width = shape[:2]
    coarse = chance.uniform(-1, 1, (cells, cells)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
