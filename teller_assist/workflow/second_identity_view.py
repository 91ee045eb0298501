"""When a face was seen before, in words: what stands below the alert."""

from __future__ import annotations

from teller_assist.comparison.searching import one_search_in
from teller_assist.decision.second_identity import SecondIdentityFinding, SeenBefore
from teller_assist.wording import Sentences, codes, sentence


def seen_before(finding: SecondIdentityFinding) -> Sentences | None:
    """Return days and business of the earlier checks and how often a stranger is met so; None where there is nothing to say."""
    search = finding.search
    if search is None or not finding.seen:
        return None
    facts = {"days": search.days, "searched": search.searched, "one_in": one_search_in(search.fpir)}
    zh = "、".join(f"{one.day.isoformat()} {_business(one).zh}" for one in finding.seen)
    en = ", ".join(f"{one.day.isoformat()} {_business(one).en}" for one in finding.seen)
    return Sentences(
        sentence("second_identity", "seen", when=zh, **facts).zh, sentence("second_identity", "seen", when=en, **facts).en
    )


def _business(seen: SeenBefore) -> Sentences:
    known = seen.business_kind in codes("business_kind")  # another version's station may know kinds that this one does not
    return sentence("business_kind", seen.business_kind) if known else Sentences(seen.business_kind, seen.business_kind)
