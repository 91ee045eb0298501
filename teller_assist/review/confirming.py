"""Which finding says that an alert was right: a table, with its reasons.

A finding confirms an alert where it says what the alert suspected. Where the person was the right one, or the alert was called a
false one, it is cleared. Any other finding (picture quality found after an alert of an impostor) does neither, and counts among
the reviewed all the same: leaving it out would flatter the alert.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from teller_assist.decision.judgement import AlertKind
from teller_assist.review.review_kinds import Finding

# Somebody else than the document's holder stood at the counter; a twin or relative is somebody else, too.
ANOTHER_PERSON = frozenset({Finding.IMPOSTOR, Finding.TWIN, Finding.RELATIVE})
THE_PERSON = frozenset({Finding.GENUINE, Finding.FALSE_ALARM})

CONFIRMED_BY: Mapping[AlertKind, frozenset[Finding]] = {
    AlertKind.IMPOSTOR: ANOTHER_PERSON,
    # It names a near relative; a stranger with the card is no relative.
    AlertKind.KINSHIP: frozenset({Finding.TWIN, Finding.RELATIVE}),
    # It says that the holder is known to be taken for somebody: right where somebody was.
    AlertKind.LOOK_ALIKE: ANOTHER_PERSON,
    # It says that one person uses two numbers. A twin who was found instead is a resemblance, not a second identity.
    AlertKind.SECOND_IDENTITY: frozenset({Finding.IMPOSTOR}),
    # Who shows a picture or a screen means to be somebody else; the list of findings has no word of its own for it.
    AlertKind.PRESENTATION_ATTACK: frozenset({Finding.IMPOSTOR}),
    AlertKind.DOCUMENT_MISMATCH: ANOTHER_PERSON,
    AlertKind.NETCHECK_RESULT: ANOTHER_PERSON,
    AlertKind.QUALITY: frozenset({Finding.QUALITY}),
    # It is raised because whoever tries often passes at last; bad pictures as the cause do not confirm it.
    AlertKind.ATTEMPTS_EXCEEDED: ANOTHER_PERSON,
    # These state what happened and suspect nothing: no finding confirms them, and a PPV would mean nothing.
    AlertKind.JUDGEMENT_DISAGREEMENT: frozenset(),
    AlertKind.DEVICE: frozenset(),
    AlertKind.NON_FACE_PATH: frozenset(),
    AlertKind.SEQUENCE_GAP: frozenset(),
}


class Verdict(StrEnum):
    """What a finding says about an alert."""

    CONFIRMED = "confirmed"
    CLEARED = "cleared"
    OTHER = "other"


def verdict(kind: AlertKind, finding: Finding) -> Verdict:
    """Return what a finding says about an alert."""
    if finding in CONFIRMED_BY[kind]:
        return Verdict.CONFIRMED
    return Verdict.CLEARED if finding in THE_PERSON else Verdict.OTHER
