"""Closed lists of what evidence can be."""

from __future__ import annotations

from enum import StrEnum


class PhotoKind(StrEnum):
    """How a photograph of a face came about; comparisons are calibrated per pair of kinds."""

    LIVE = "live"  # 现场采集照: the counter camera
    CHIP = "chip"  # 芯片照: the ID card's chip portrait, 102x126
    MESH = "mesh"  # 网纹照: networked-verification photo with its mesh watermark
    MESH_HEAVY = "mesh_heavy"  # the same with a heavy mesh
    CLEAN = "clean"  # 人行照: authority photo without a mesh
    RECAPTURE = "recapture"  # 翻拍照: photograph of a printed card
    ARCHIVE = "archive"  # 存档照: a photograph the bank took earlier


class Outcome(StrEnum):
    """What the product recommends; the teller decides."""

    MATCH = "MATCH"
    NON_MATCH = "NON_MATCH"
    INCONCLUSIVE = "INCONCLUSIVE"


class Condition(StrEnum):
    """Conditions of a live photograph that an evaluation can make from a rendered one."""

    MIRRORED = "mirrored"
    ROTATED_90 = "rotated_90"
    ROTATED_180 = "rotated_180"
    ROTATED_270 = "rotated_270"
    ROTATED_ANY = "rotated_any"
    SIDE_LIGHT = "side_light"
    BACK_LIGHT = "back_light"
    BLUR = "blur"
    SMALL_FACE = "small_face"
    SEVERAL_PERSONS = "several_persons"
    PERSON_BEHIND = "person_behind"
    HOLDING_CARD = "holding_card"
    LOOKING_UP = "looking_up"
    GLASSES = "glasses"
    FRINGE = "fringe"
    MASK = "mask"


class LineShape(StrEnum):
    """What the lines of a mesh look like; a mesh photograph rendered with them has this as its condition."""

    SINUSOID = "lines_sinusoid"  # parallel waves, often crossed by their mirror image
    MOIRE = "lines_moire"  # two fine gratings that beat
    SPLINES = "lines_splines"  # free curves across the picture
    DOTS = "lines_dots"  # a lattice of dots
    TEXT = "lines_text"  # rows of small characters
    HATCH = "lines_hatch"  # straight lines in one or two directions
    RINGS = "lines_rings"  # circles around one point
    ZIGZAG = "lines_zigzag"  # lines of straight pieces
    SCALES = "lines_scales"  # rows of arcs, like a roof's tiles
    GUILLOCHE = "lines_guilloche"  # bands of interlaced waves, as on banknotes
    CONTOURS = "lines_contours"  # level lines of a random landscape
    HONEYCOMB = "lines_honeycomb"  # hexagons


# Kept out of every training and every choice: how a mesh remover does on them says what it may do on a mesh nobody here has seen.
HELD_OUT_SHAPES = frozenset({LineShape.GUILLOCHE, LineShape.CONTOURS, LineShape.HONEYCOMB})
SEEN_SHAPES = tuple(shape for shape in LineShape if shape not in HELD_OUT_SHAPES)
