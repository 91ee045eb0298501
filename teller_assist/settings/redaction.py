"""Take personal data out of a text before it is written.

The second line of defence: a personal value is a ``Personal`` and never reaches a text. This one catches what came in
another's words, such as the message of a driver's exception. It cannot know a name; names are ``Personal`` or nothing.
"""

from __future__ import annotations

import re

from teller_assist.settings.personal import HIDDEN

# Identifiers of ours that are all letters and digits and must stay readable: SHA-1, SHA-256, SHA-512, MD5 and uuid.
_KEPT = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9a-f]{128}|[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32}"
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?![0-9A-Za-z])"
)
_LETTER = re.compile(r"[a-f]")

_PERSONAL = re.compile(
    "|".join(
        (
            # bytes of a picture or a card, as Python or C writes them
            r"""b(['"])(?:\\.|(?!\1).){40,}\1""",
            r"(?:\\x[0-9a-fA-F]{2}){8,}",
            # base64: long, and mixed as text and paths are not; tried once per run of its characters, or it would be quadratic
            r"(?<![A-Za-z0-9+/_-])(?=[A-Za-z0-9+/_-]*[A-Z])(?=[A-Za-z0-9+/_-]*[a-z])(?=[A-Za-z0-9+/_-]*\d)[A-Za-z0-9+/_-]{40,}={0,2}",
            # ID number in groups (area, birth date, sequence and check character), GB 11643
            r"\d{6}[ -]\d{8}[ -]\d{3}[\dXx]",
            r"\d{6}[ -]\d{4}[ -]\d{4}[ -]\d{3}[\dXx]",
            # bank card in groups of four, ISO/IEC 7812
            r"\d{4}(?:[ -]\d{4}){2,}(?:[ -]\d{1,4})?",
            # mobile number, with or without country code and groups
            r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)",
            # any long run of digits: ID number of 18 or 15, bank card, account; no number that we log is so long
            r"\d{12,}[Xx]?",
        )
    )
)


def redact(text: str) -> str:
    """Return the text with "***" in place of ID, bank card and telephone numbers, base64 and raw bytes.

    Hashes, uuids and numbers of fewer than 12 digits stay, except what reads like a mobile number. Digits of other scripts
    (fullwidth) count as digits. A decimal fraction of 12 places or more is hidden too: log rounded numbers.
    """
    parts: list[str] = []
    position = 0
    for kept in _KEPT.finditer(text):
        if not _LETTER.search(kept.group()):
            continue  # only digits: more likely a number of a person than a hash
        parts += [_PERSONAL.sub(HIDDEN, text[position : kept.start()]), kept.group()]
        position = kept.end()
    parts.append(_PERSONAL.sub(HIDDEN, text[position:]))
    return "".join(parts)
