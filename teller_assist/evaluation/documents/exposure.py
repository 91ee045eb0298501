"""How the picture is taken: light, shadow, glare, blur, noise and the file's compression."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from teller_assist.evaluation.documents.chance import Chance, between, happens, one_of, whole
from teller_assist.evaluation.documents.layers import Layer, to_pixels
from teller_assist.evaluation.documents.severity import Mode, Severity
from teller_assist.evidence.pictures import Pixels, Points


@dataclass(frozen=True)
class _Ranges:
    """What a severity allows; lengths in pixels of the picture, lights as shares."""

    blur_px: tuple[float, float]
    motion_share: float
    uneven: float
    shadow_share: float
    glare_share: float
    glare: tuple[float, float]
    low_light_share: float
    noise: tuple[float, float]
    jpeg: tuple[int, int]


_RANGES = {
    Severity.MILD: _Ranges((0.3, 0.6), 0.0, 0.0, 0.0, 0.0, (0.0, 0.0), 0.0, (0.8, 1.8), (84, 95)),
    Severity.MODERATE: _Ranges((0.5, 1.0), 0.05, 0.12, 0.2, 0.3, (0.3, 0.6), 0.0, (2.5, 4.0), (62, 86)),
    Severity.HARD: _Ranges((0.8, 1.4), 0.3, 0.26, 0.35, 0.5, (0.5, 0.8), 0.35, (4.0, 9.0), (42, 64)),
}


def expose(scene: Pixels, quad: Points, mode: Mode, severity: Severity, chance: Chance) -> tuple[Pixels, dict[str, float]]:
    """Return the picture as the device delivers it, before compression, and what was done with its strength.

    Parameters
    ----------
    scene
        uint8, shape (height, width, 3), BGR.
    quad
        Of the document: glare falls on it.
    """
    ranges, done = _RANGES[severity], {}
    light: Layer = scene.astype(np.float32)
    if mode is Mode.CAMERA:
        if ranges.uneven:
            done["uneven"] = round(between(chance, 0.3, 1) * ranges.uneven, 2)
            light *= _slope(light.shape, chance, done["uneven"])
        if happens(chance, ranges.shadow_share):
            done["shadow"] = round(between(chance, 0.2, 0.45), 2)
            light *= _shadow(light.shape, quad, chance, done["shadow"])
        light *= chance.uniform(0.93, 1.07, 3).astype(np.float32)  # the lamp's colour
    if happens(chance, ranges.glare_share if mode is Mode.CAMERA else ranges.glare_share / 2):
        done["glare"] = round(between(chance, *ranges.glare), 2)
        share = _glare(light.shape, quad, chance, done["glare"])
        light += (255 - light) * share
    if mode is Mode.CAMERA and happens(chance, ranges.low_light_share):
        done["low_light"] = round(between(chance, 1.3, 1.9), 2)
        light = 255 * np.power(np.clip(light, 0, 255) / 255, done["low_light"]) * between(chance, 0.7, 0.9)
    done["blur"] = round(between(chance, *ranges.blur_px), 2)
    light = np.asarray(cv2.GaussianBlur(light, (0, 0), done["blur"]), np.float32)
    if mode is Mode.CAMERA and happens(chance, ranges.motion_share):
        done["motion"] = one_of(chance, [3, 5])
        light = _moved(light, int(done["motion"]), chance)
    done["noise"] = round(between(chance, *ranges.noise) * (1.0 if mode is Mode.CAMERA else 0.5), 1)
    return _noisy(light, done["noise"], chance), done


def compression(severity: Severity, chance: Chance) -> int:
    """Return the JPEG quality of one picture, 1 to 100."""
    return whole(chance, *_RANGES[severity].jpeg)


def _grid(shape: tuple[int, ...]) -> tuple[Layer, Layer]:
    """Return columns (1, width) and rows (height, 1): they broadcast, so that a large page takes no two more layers."""
    return np.arange(shape[1], dtype=np.float32)[None, :], np.arange(shape[0], dtype=np.float32)[:, None]


def _slope(shape: tuple[int, ...], chance: Chance, strength: float) -> Layer:
    across, down = _grid(shape)
    turn = between(chance, 0, 2 * math.pi)
    slope = (across / shape[1] - 0.5) * math.cos(turn) + (down / shape[0] - 0.5) * math.sin(turn)
    return (1 + 2 * strength * slope)[..., None]


def _shadow(shape: tuple[int, ...], quad: Points, chance: Chance, strength: float) -> Layer:
    """Return the light that a hand or a head in the lamp's way leaves: a soft half plane through the card."""
    across, down = _grid(shape)
    card_px = float(np.linalg.norm(quad[1] - quad[0]))
    x, y = _place_on(quad, chance)
    turn = between(chance, 0, 2 * math.pi)
    beyond = (across - x) * math.cos(turn) + (down - y) * math.sin(turn)
    bow = 0.12 * card_px * np.sin((across * math.sin(turn) - down * math.cos(turn)) / (0.4 * card_px))
    soft = between(chance, 0.01, 0.08) * card_px
    return (1 - strength / (1 + np.exp(-np.clip((beyond + bow) / soft, -50, 50))))[..., None]


def _glare(shape: tuple[int, ...], quad: Points, chance: Chance, strength: float) -> Layer:
    """Return how much of the lamp is mirrored: a soft ellipse on the card."""
    across, down = _grid(shape)
    card_px = float(np.linalg.norm(quad[1] - quad[0]))
    x, y = _place_on(quad, chance)
    long, short = card_px * between(chance, 0.05, 0.16), card_px * between(chance, 0.03, 0.09)
    turn = between(chance, 0, math.pi)
    along = ((across - x) * math.cos(turn) + (down - y) * math.sin(turn)) / long
    aside = (-(across - x) * math.sin(turn) + (down - y) * math.cos(turn)) / short
    return (strength * np.exp(-(along**2) - aside**2))[..., None]


def _place_on(quad: Points, chance: Chance) -> tuple[float, float]:
    u, v = between(chance, 0.08, 0.92), between(chance, 0.08, 0.92)
    x, y = (1 - u) * (1 - v) * quad[0] + u * (1 - v) * quad[1] + u * v * quad[2] + (1 - u) * v * quad[3]
    return float(x), float(y)


def _moved(light: Layer, length_px: int, chance: Chance) -> Layer:
    kernel = np.zeros((length_px, length_px), np.float32)
    cv2.line(kernel, (0, whole(chance, 0, length_px - 1)), (length_px - 1, whole(chance, 0, length_px - 1)), 1.0)
    return np.asarray(cv2.filter2D(light, -1, kernel / kernel.sum()), np.float32)


def _noisy(light: Layer, strength: float, chance: Chance) -> Pixels:
    """Add noise of brightness and, weaker, of colour."""
    height, width = light.shape[:2]
    light = light + (0.8 * strength) * chance.standard_normal((height, width, 1), np.float32)
    light += (0.5 * strength) * chance.standard_normal((height, width, 3), np.float32)
    return to_pixels(light)
