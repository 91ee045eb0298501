"""Readings in plain sentences with counted numbers, and the odds below their axis: for the window and the manager's page."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from teller_assist.comparison.error_rates import Bound, NotStated, StatedRate
from teller_assist.wording import Sentences, sentence

if TYPE_CHECKING:
    from teller_assist.comparison.llr import LlrReading  # its fitting is heavy, and the window needs none of it to be painted

_TICKS_MOST = 5


def told_share(share: float) -> Sentences:
    """Return a share of comparisons in words: "1 in n" with two digits, or n in 100 where it is a tenth or more.

    Rounded towards the higher share for the former; never 100 of 100. Nought, which an interval may reach, is "none".
    """
    if share >= 0.1:
        return sentence("reading", "share_of_hundred", n=min(99, round(100 * share)))
    if share <= 0:
        return sentence("reading", "share_none")
    step = 10 ** (len(str(int(1 / share))) - 2)
    return sentence("reading", "share_one_in", n=f"{int(1 / share / step) * step:,}")


def told_rate(reading: str, rate: StatedRate | NotStated) -> Sentences:
    """Return a rate in words with its counts, or why it is not stated.

    Parameters
    ----------
    reading
        Code of the wording group ``reading``; "_upper" is added for a rate that is an upper bound.
    """
    if isinstance(rate, NotStated):
        return sentence("not_stated", rate.why, needed=f"{rate.comparisons_needed:,}", had=f"{rate.comparisons:,}")
    code = f"{reading}_upper" if rate.bound is Bound.UPPER else reading
    return in_both_languages(
        code,
        {"share": told_share(rate.value), "share_low": told_share(rate.ci95[0]), "share_high": told_share(rate.ci95[1])},
        errors=f"{rate.errors:,}",
        comparisons=f"{rate.comparisons:,}",
    )


def told_strength(llr: LlrReading | NotStated, *, short: bool = False) -> list[Sentences]:
    """Return how strong the evidence is, for whom; empty where it is not stated (the rate has said why).

    Parameters
    ----------
    short
        As the window says it, where no percentage may stand.
    """
    if isinstance(llr, NotStated):
        return []
    low, high = llr.ci95
    if low <= 0 <= high:
        return [sentence("reading", "favours_neither")]
    code = "favours_same" if low > 0 else "favours_stranger"
    near, far = sorted((abs(low), abs(high)))
    ratios = {"ratio": abs(llr.value), "ratio_low": near, "ratio_high": far}
    told = {name: _ratio(strength) for name, strength in ratios.items()}
    return [sentence("reading", f"{code}_short" if short else code, **told)]


def _ratio(strength: float) -> str:
    """Return e to the strength with two digits, rounded down: a reading may only err towards saying less."""
    ratio = math.exp(strength)
    if ratio < 10:
        return f"{math.floor(10 * ratio) / 10:g}"
    step = 10 ** (len(str(int(ratio))) - 2)
    return f"{int(ratio / step) * step:,}"


def in_both_languages(code: str, shares: dict[str, Sentences], **facts: str) -> Sentences:
    """Return a sentence of the wording group ``reading`` whose shares are words themselves."""
    chinese = sentence("reading", code, **facts, **{name: share.zh for name, share in shares.items()}).zh
    english = sentence("reading", code, **facts, **{name: share.en for name, share in shares.items()}).en
    return Sentences(chinese, english)


def odds(power_of_ten: int) -> str:
    """Return a power of ten as odds: "1,000:1", "1:1", "1:1,000"."""
    ratio = f"{10 ** abs(power_of_ten):,}"
    return f"{ratio}:1" if power_of_ten >= 0 else f"1:{ratio}"


def ticks(low: float, high: float) -> tuple[int, ...]:
    """Return the powers of ten to write below an axis of natural logarithms, zero among them where it lies on the axis."""
    first, last = math.ceil(low / math.log(10)), math.floor(high / math.log(10))
    step = next(step for step in (1, 2, 3, 4, 6, 10, 100) if (last - first) / step <= _TICKS_MOST - 1)
    return tuple(power for power in range(first, last + 1) if power % step == 0)
