"""Quadrilaterals of a card's shape that lines of a picture can be the sides of."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from teller_assist.documents.locating.lines import Lines

Floats64 = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

ASPECT = 85.60 / 53.98  # ISO/IEC 7810 ID-1
ASPECT_OFF_MOST = (
    0.13  # |ln(aspect / ASPECT)|; a sheet of A4 is off by 0.115, a perspective camera frame by as much: the score decides
)

_PARALLEL_DEG, _SQUARE_DEG = 17.0, 24.0  # a document camera looks at the card askew
_SHORT_SIDE_LEAST = 0.05  # of the picture's longer side
_PAIRS_MOST, _QUADS_MOST = 260, 500
_PAIR_COVER_LEAST = 0.22
_PAIR_RATIO_OFF_MOST = 0.30
_OVER_WEIGHT = 0.35
_FOUR_COVER_LEAST = 0.40
_THREE_COVER_LEAST = 0.62
_BASE_COVER_LEAST = 0.5
_FROM_TWO_MOST = 80
_ARMS_OFF_MOST = 0.2
_ARM_COVER_LEAST = 0.6
_ARM_GAP_MOST = 0.2
_ROUND_CORNER = 1.035  # a side's straight part ends 3.18 mm before its corner; an edge is seen up to about half of that
_OUTSIDE_MOST = 0.10  # of the picture's side: a corner may be cut off


def propose(lines: Lines, size_px: tuple[int, int]) -> Floats64:
    """Return quadrilaterals, float64, shape (n, 4, 2), corners clockwise as seen, those that lines cover best first."""
    if len(lines.start) < 3:
        return np.empty((0, 4, 2))
    first, second, distance = _parallel_pairs(lines, max(size_px))
    from_four, cover_four = _of_two_pairs(lines, first, second, distance)
    from_three, cover_three = _of_pair_and_base(lines, first, second)
    quads, cover = _fitting(np.concatenate([from_four, from_three]), np.concatenate([cover_four, cover_three]), size_px)
    return clockwise(quads[np.argsort(-cover, kind="stable")[:_QUADS_MOST]])


def propose_from_two(lines: Lines, size_px: tuple[int, int]) -> Floats64:
    """Return quadrilaterals of which only two sides were seen, both whole: to be held against the picture more closely.

    Returns
    -------
    float64, shape (n, 4, 2), corners clockwise as seen, the most likely first.
    """
    if len(lines.start) < 2:
        return np.empty((0, 4, 2))
    corner, corner_fit = _of_corner(lines)
    facing, facing_fit = _of_facing(lines)
    quads, fit = _fitting(np.concatenate([corner, facing]), np.concatenate([corner_fit, facing_fit]), size_px)
    return clockwise(quads[np.argsort(-fit, kind="stable")[:_FROM_TWO_MOST]])


def _fitting(quads: Floats64, quality: Floats64, size_px: tuple[int, int]) -> tuple[Floats64, Floats64]:
    fits = has_card_shape(quads) & _lies_inside(quads, size_px)
    return quads[fits], quality[fits]


def _of_corner(lines: Lines) -> tuple[Floats64, Floats64]:
    """Return quads of two sides that meet at a corner."""
    one, other = np.triu_indices(len(lines.start), 1)
    direction = lines.direction
    square = np.abs((direction[one] * direction[other]).sum(1)) < np.sin(np.radians(_SQUARE_DEG))
    one, other = one[square], other[square]
    corner = _crossings(lines, one, other)
    arms = [_arm(lines, index, corner) for index in (one, other)]
    length = [np.linalg.norm(arm, axis=1) for arm, _ in arms]
    longer, shorter = np.maximum(*length), np.minimum(*length)
    off = np.abs(np.log(np.maximum(longer, 1e-9) / np.maximum(shorter, 1e-9) / ASPECT))
    covered = np.minimum(*(lines.covered_px[n] / np.maximum(size, 1e-9) for n, size in zip((one, other), length, strict=True)))
    gap = np.maximum(arms[0][1], arms[1][1])
    keep = (off < _ARMS_OFF_MOST) & (covered > _ARM_COVER_LEAST) & (gap < _ARM_GAP_MOST) & np.isfinite(corner).all(1)
    # The longer reach of the two says how large the card is: an arm may end early, at a glare, but hardly late.
    reach = np.maximum(longer / ASPECT, shorter)
    quads = []
    for k in (0, 1):
        is_long = length[k] >= length[1 - k]
        quads.append(arms[k][0] / np.maximum(length[k], 1e-9)[:, None] * (reach * np.where(is_long, ASPECT, 1.0))[:, None])
    a, b = quads
    found = np.stack([corner + a, corner, corner + b, corner + a + b], axis=1)
    return found[keep], (covered - off - gap)[keep]


def _arm(lines: Lines, index: Indices, corner: Floats64) -> tuple[Floats64, Floats64]:
    """Return the vector from a corner to a line's farther end, and the gap between the corner and the line, as a share of that.

    The end of a side is where its corner begins to be round: the vector is made longer by that.
    """
    to_start, to_end = lines.start[index] - corner, lines.end[index] - corner
    far_is_start = np.linalg.norm(to_start, axis=1) > np.linalg.norm(to_end, axis=1)
    far = np.where(far_is_start[:, None], to_start, to_end)
    near = np.where(far_is_start[:, None], to_end, to_start)
    length = np.maximum(np.linalg.norm(far, axis=1), 1e-9)
    return far * _ROUND_CORNER, np.linalg.norm(near, axis=1) / length


def _of_facing(lines: Lines) -> tuple[Floats64, Floats64]:
    """Return quads of two opposite sides."""
    one, other = np.triu_indices(len(lines.start), 1)
    direction = lines.direction
    cosine = (direction[one] * direction[other]).sum(1)
    keep = np.abs(cosine) > np.cos(np.radians(_PARALLEL_DEG))
    one, other, cosine = one[keep], other[keep], cosine[keep]
    ends = [_lengthened(lines.start[n], lines.end[n]) for n in (one, other)]
    swapped = (cosine > 0)[:, None]
    third, fourth = np.where(swapped, ends[1][1], ends[1][0]), np.where(swapped, ends[1][0], ends[1][1])
    quads = np.stack([ends[0][0], ends[0][1], third, fourth], axis=1)
    covered = np.minimum(*(lines.covered_px[n] / np.linalg.norm(lines.end[n] - lines.start[n], axis=1) for n in (one, other)))
    off = aspect_off(quads)
    keep = (covered > _ARM_COVER_LEAST) & (off < _ARMS_OFF_MOST)
    return quads[keep], (covered - off)[keep]


def _lengthened(start: Floats64, end: Floats64) -> tuple[Floats64, Floats64]:
    more = (end - start) * (_ROUND_CORNER - 1)
    return start - more, end + more


def side_lengths(quads: Floats64) -> Floats64:
    """Return the lengths of the four sides, shape (n, 4), from each corner to the next."""
    return np.asarray(np.linalg.norm(np.roll(quads, -1, axis=1) - quads, axis=2), np.float64)


def aspect_off(quads: Floats64) -> Floats64:
    """Return |ln| of how much the mean sides' ratio differs from a card's, shape (n,)."""
    lengths = side_lengths(quads)
    one, other = lengths[:, 0] + lengths[:, 2], lengths[:, 1] + lengths[:, 3]
    ratio = np.maximum(one, other) / np.maximum(np.minimum(one, other), 1e-9)
    return np.asarray(np.abs(np.log(ratio / ASPECT)), np.float64)


def has_card_shape(quads: Floats64) -> npt.NDArray[np.bool_]:
    """Return which are convex, of a card's aspect, with opposite sides of like length and corners near enough to square."""
    along = np.roll(quads, -1, axis=1) - quads
    after = np.roll(along, -1, axis=1)
    turn = along[..., 0] * after[..., 1] - along[..., 1] * after[..., 0]
    lengths = np.linalg.norm(along, axis=2)
    sine = np.abs(turn) / np.maximum(lengths * np.roll(lengths, -1, axis=1), 1e-9)
    convex = (np.abs(np.sign(turn).sum(1)) == 4) & (sine.min(1) > np.cos(np.radians(_SQUARE_DEG + 12)))
    with np.errstate(divide="ignore", invalid="ignore"):
        unlike = np.abs(np.log(lengths / np.roll(lengths, 2, axis=1))).max(1)
    return np.asarray(convex & (aspect_off(quads) < ASPECT_OFF_MOST) & (unlike < 0.45), np.bool_)


def clockwise(quads: Floats64) -> Floats64:
    """Return the same with corners clockwise as seen (y down) and a long side first."""
    along = np.roll(quads, -1, axis=1) - quads
    turn = along[:, 0, 0] * along[:, 1, 1] - along[:, 0, 1] * along[:, 1, 0]
    turned = np.where((turn < 0)[:, None, None], quads[:, ::-1], quads)
    lengths = side_lengths(turned)
    standing = lengths[:, 0] + lengths[:, 2] < lengths[:, 1] + lengths[:, 3]
    return np.asarray(np.where(standing[:, None, None], np.roll(turned, -1, axis=1), turned), np.float64)


def _lies_inside(quads: Floats64, size_px: tuple[int, int]) -> npt.NDArray[np.bool_]:
    room = _OUTSIDE_MOST * np.array(size_px)
    inside = (quads > -room).all(axis=(1, 2)) & (quads < np.array(size_px) + room).all(axis=(1, 2))
    return np.asarray(inside & (side_lengths(quads).min(1) > _SHORT_SIDE_LEAST * max(size_px)), np.bool_)


def _parallel_pairs(lines: Lines, longer_px: int) -> tuple[Indices, Indices, Floats64]:
    """Return the pairs that can be opposite sides of a card, and how far apart they lie, in pixels."""
    first, second = np.triu_indices(len(lines.start), 1)
    direction, middle = lines.direction, (lines.start + lines.end) / 2
    cosine = np.abs((direction[first] * direction[second]).sum(1))
    between = middle[second] - middle[first]
    apart = [np.abs(between[:, 0] * direction[n, 1] - between[:, 1] * direction[n, 0]) for n in (first, second)]
    distance = (apart[0] + apart[1]) / 2
    stretch = np.linalg.norm(lines.end - lines.start, axis=1)
    shift = np.abs((between * direction[first]).sum(1)) - (stretch[first] + stretch[second]) / 2
    quality = np.full(len(first), -np.inf)
    for expected in (distance * ASPECT, distance / ASPECT):
        cover = sum(np.minimum(lines.covered_px[n], expected) for n in (first, second)) / np.maximum(2 * expected, 1)
        over = sum(np.maximum(0, stretch[n] - 1.15 * expected) for n in (first, second)) / np.maximum(expected, 1)
        aside = shift > 0.2 * expected
        quality = np.maximum(quality, cover - 0.2 * np.minimum(over, 2) - 10 * aside)
    fits = (cosine > np.cos(np.radians(_PARALLEL_DEG))) & (distance > _SHORT_SIDE_LEAST * longer_px)
    fits &= quality > _PAIR_COVER_LEAST
    chosen = np.flatnonzero(fits)
    chosen = chosen[np.argsort(-quality[chosen], kind="stable")[:_PAIRS_MOST]]
    return first[chosen], second[chosen], distance[chosen]


def _of_two_pairs(lines: Lines, first: Indices, second: Indices, distance: Floats64) -> tuple[Floats64, Floats64]:
    a, b = np.triu_indices(len(first), 1)
    ratio = np.abs(np.abs(np.log(distance[a] / distance[b])) - np.log(ASPECT)) < _PAIR_RATIO_OFF_MOST
    a, b = a[ratio], b[ratio]
    direction = lines.direction
    cosine = np.abs((direction[first[a]] * direction[first[b]]).sum(1))
    square = cosine < np.sin(np.radians(_SQUARE_DEG))
    a, b = a[square], b[square]
    sides = np.stack([first[a], first[b], second[a], second[b]], axis=1)
    corners = [_crossings(lines, sides[:, n - 1], sides[:, n]) for n in range(4)]
    quads = np.stack(corners, axis=1)
    cover, over = _covering(lines, sides, quads)
    mean = cover.mean(1)
    keep = (np.sort(cover, axis=1)[:, 1] > 0.25) & (mean > _FOUR_COVER_LEAST) & np.isfinite(quads).all(axis=(1, 2))
    return quads[keep], (mean - _OVER_WEIGHT * over.mean(1))[keep]


def _of_pair_and_base(lines: Lines, first: Indices, second: Indices) -> tuple[Floats64, Floats64]:
    """Return quads of two opposite sides and one side between them; where the fourth lies follows from the card's shape."""
    pair, base = (indices.ravel() for indices in np.meshgrid(np.arange(len(first)), np.arange(len(lines.start)), indexing="ij"))
    direction = lines.direction
    square = np.abs((direction[first[pair]] * direction[base]).sum(1)) < np.sin(np.radians(_SQUARE_DEG))
    pair, base = pair[square], base[square]
    one, other = first[pair], second[pair]
    near_one, near_other = _crossings(lines, one, base), _crossings(lines, other, base)
    width = np.linalg.norm(near_one - near_other, axis=1)
    middle = (lines.start + lines.end) / 2
    ways = [np.sign(((middle[n] - near) * direction[n]).sum(1)) for n, near in ((one, near_one), (other, near_other))]
    same = ways[0] * ways[1] * np.sign((direction[one] * direction[other]).sum(1)) > 0
    found: list[Floats64] = []
    covered: list[Floats64] = []
    for depth in (width * ASPECT, width / ASPECT):
        far_one = near_one + (ways[0] * depth)[:, None] * direction[one]
        far_other = near_other + (ways[1] * depth)[:, None] * direction[other]
        quads = np.stack([far_one, near_one, near_other, far_other], axis=1)
        cover, over = _covering(lines, np.stack([one, base, other], axis=1), quads)
        keep = (
            same & (cover[:, 1] > _BASE_COVER_LEAST) & (cover.mean(1) > _THREE_COVER_LEAST) & np.isfinite(quads).all(axis=(1, 2))
        )
        found.append(quads[keep])
        covered.append((0.75 * cover.mean(1) - _OVER_WEIGHT * over.mean(1))[keep])
    return np.concatenate(found), np.concatenate(covered)


def _crossings(lines: Lines, one: Indices, other: Indices) -> Floats64:
    """Return where lines cross, shape (n, 2); not finite where they do not."""
    direction = lines.direction
    a, b = direction[one], direction[other]
    between = lines.start[other] - lines.start[one]
    with np.errstate(divide="ignore", invalid="ignore"):
        at = (between[:, 0] * b[:, 1] - between[:, 1] * b[:, 0]) / (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])
        return np.asarray(lines.start[one] + at[:, None] * a, np.float64)


def _covering(lines: Lines, sides: Indices, quads: Floats64) -> tuple[Floats64, Floats64]:
    """Return for side n, from corner n to the next one, the share that its line covers and the share that it reaches beyond."""
    stretch = np.maximum(np.linalg.norm(lines.end - lines.start, axis=1), 1e-9)
    direction = lines.direction
    cover, over = np.empty(sides.shape), np.empty(sides.shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        for n in range(sides.shape[1]):
            line = sides[:, n]
            ends = [((quads[:, k % 4] - lines.start[line]) * direction[line]).sum(1) for k in (n, n + 1)]
            low, high = np.minimum(*ends), np.maximum(*ends)
            length = np.maximum(high - low, 1e-9)
            inside = np.maximum(0, np.minimum(high, stretch[line]) - np.maximum(low, 0))
            cover[:, n] = inside * lines.covered_px[line] / stretch[line] / length
            over[:, n] = np.minimum(1, (stretch[line] - inside) / length)
    return cover, over
