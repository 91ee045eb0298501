"""In which language somebody reads the pages: Chinese, unless this browser was switched to English."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request

from teller_assist.review.words import Told
from teller_assist.wording import Sentences

COOKIE = "teller_assist_language"
PARAMETER = "lang"
KEPT_S = 365 * 24 * 3600


class Language(StrEnum):
    """A language of the pages."""

    CHINESE = "zh"
    ENGLISH = "en"

    @property
    def other(self) -> Language:
        """What the switch in the header goes to."""
        return Language.ENGLISH if self is Language.CHINESE else Language.CHINESE

    @property
    def tag(self) -> Literal["zh-CN", "en"]:
        """For the page's ``lang``: a screen reader speaks it, a font is chosen by it."""
        return "zh-CN" if self is Language.CHINESE else "en"

    def say(self, words: Told | Sentences) -> str:
        """Return words in this language; what has no English stands as it is."""
        return words.zh if self is Language.CHINESE else words.en or words.zh


def language_of(request: Request) -> Language:
    """Return the language of a request: as the address says, else as this browser was switched, else Chinese."""
    for asked in (request.query_params.get(PARAMETER, ""), request.cookies.get(COOKIE, "")):
        if asked in tuple(Language):
            return Language(asked)
    return Language.CHINESE


def switched_address(request: Request, to: Language) -> str:
    """Return the address of the same page in another language."""
    kept = [(name, value) for name, value in parse_qsl(request.url.query) if name != PARAMETER]
    return f"{request.url.path}?{urlencode([*kept, (PARAMETER, to.value)])}"
