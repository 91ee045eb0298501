"""A branch's figures as words and plots: never a share without its counts and its interval, or why there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from teller_assist.branch_server.plots import Plot, Value, along, upright
from teller_assist.review.shares import NoShare, Quantile, Share
from teller_assist.review.statistics import DECISION_ENDS_S, BranchStatistics, DecisionTimes, KindFigures
from teller_assist.review.words import Told, word

_Show = Callable[[float], str]
_NOTHING = Told("—")
_MINUTE_S, _HOUR_S = 60, 3600
_FEW_RATE = 10  # below it a rate per 1,000 is shown with a decimal more


@dataclass(frozen=True)
class ShareTold:
    """A share in the cells of a table.

    Attributes
    ----------
    value
        The share, or why there is none.
    """

    counts: Told
    value: Told
    interval: Told
    stated: bool


def told(code: str, **facts: str | int) -> Told:
    """Return words of the figures."""
    return word("dashboard", code, **facts)


def per_thousand(found: Share | NoShare) -> ShareTold:
    """Return a share as so many of 1,000."""
    return _share(found, _thousand)


def percent(found: Share | NoShare) -> ShareTold:
    """Return a share in percent."""
    return _share(found, _percent)


def duration(seconds: int) -> Told:
    """Return a duration as people say it; from an hour on, without seconds."""
    if seconds < _MINUTE_S:
        return told("seconds", seconds=seconds)
    minutes, rest = divmod(seconds, _MINUTE_S)
    if seconds < _HOUR_S:
        return told("minutes_seconds", minutes=minutes, seconds=rest) if rest else told("minutes", minutes=minutes)
    hours, minutes = divmod(minutes, 60)
    return told("hours_minutes", hours=hours, minutes=minutes) if minutes else told("whole_hours", hours=hours)


def quantile_told(found: Quantile | None) -> tuple[Told, Told]:
    """Return a duration and its interval."""
    if found is None:
        return told("none_closed"), _NOTHING
    if found.ci95_s is None:
        return duration(found.seconds), told("too_few_for_interval")
    low, high = (duration(one) for one in found.ci95_s)
    return duration(found.seconds), Told(f"[{low.zh} – {high.zh}]", f"[{low.en} – {high.en}]")


def clock_told(ahead_s: int, *, wrong: bool) -> Told:
    """Return how a station's clock goes."""
    if not wrong:
        return told("clock_right")
    time = duration(abs(ahead_s))
    zh, en = (told("clock_ahead" if ahead_s > 0 else "clock_behind", time=one) for one in (time.zh, time.en))
    return Told(zh.zh, en.en)


def ready_told(ready_s: int, told_s: int) -> Told:
    """Return for how long of the reported time devices were ready."""
    ready, reported = duration(ready_s), duration(told_s)
    share = f"{100 * ready_s / told_s:.1f} %" if told_s else ""
    return Told(f"{share} · {ready.zh} / {reported.zh}", f"{share} · {ready.en} / {reported.en}")


def decision_rows(decisions: DecisionTimes) -> list[tuple[Told, int]]:
    """Return how many decisions took up to how long."""
    labels = [*(duration(end) for end in DECISION_ENDS_S), told("longer")]
    return list(zip(labels, decisions.bars, strict=True))


def rates_plot(figures: BranchStatistics) -> Plot:
    """Draw how often each kind of alert came."""
    return along([_lying(one, one.alerted, 1000, per_thousand(one.alerted)) for one in figures.kinds])


def ppv_plot(figures: BranchStatistics) -> Plot:
    """Draw how often each kind of alert was right."""
    return along([_lying(one, one.ppv, 100, percent(one.ppv)) for one in figures.kinds], 100, " %")


def customers_plot(figures: BranchStatistics) -> Plot:
    """Draw how many customers came in each hour."""
    return upright([Value(Told(f"{one.hour}"), Told(""), float(one.customers)) for one in figures.hours])


def hours_plot(figures: BranchStatistics) -> Plot:
    """Draw how often alerts came in each hour."""
    values = []
    for one in figures.hours:
        drawn = (1000 * one.alerted.value, _times(one.alerted, 1000)) if isinstance(one.alerted, Share) else (None, None)
        values.append(Value(Told(f"{one.hour}"), Told(""), *drawn))
    return upright(values)


def times_plot(decisions: DecisionTimes) -> Plot:
    """Draw how long decisions took."""
    return upright([Value(_short(end), Told(f"{cases:,}" if cases else ""), float(cases)) for end, cases in _bars(decisions)])


def _bars(decisions: DecisionTimes) -> list[tuple[int, int]]:
    return list(zip((*DECISION_ENDS_S, 0), decisions.bars, strict=True))


def _short(end_s: int) -> Told:
    if not end_s:
        return told("longer")
    if end_s < _HOUR_S:
        return Told(f"≤{end_s // _MINUTE_S}′")
    whole = duration(end_s)
    return Told(f"≤{whole.zh}", f"≤{whole.en}")


def _lying(one: KindFigures, found: Share | NoShare, times: int, shown: ShareTold) -> Value:
    label = word("alert_kind", one.kind)
    if isinstance(found, NoShare):
        return Value(label, shown.value, None)
    return Value(label, Told(""), times * found.value, _times(found, times))


def _times(found: Share, times: int) -> tuple[float, float]:
    low, high = found.ci95
    return times * low, times * high


def _share(found: Share | NoShare, show: _Show) -> ShareTold:
    if isinstance(found, NoShare):
        return ShareTold(Told(f"{found.of:,}"), word("no_share", found.why), _NOTHING, stated=False)
    low, high = found.ci95
    counts = Told(f"{found.count:,} / {found.of:,}")
    return ShareTold(counts, Told(show(found.value)), Told(f"[{show(low)} – {show(high)}]"), stated=True)


def _thousand(value: float) -> str:
    times = 1000 * value
    return f"{times:.2f}" if times < _FEW_RATE else f"{times:.1f}"


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"
