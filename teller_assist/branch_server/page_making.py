"""A page from its template: who looks, in which language, and where one can go from here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from teller_assist.branch_server.case_readings import outcome_word
from teller_assist.branch_server.language import COOKIE, KEPT_S, PARAMETER, language_of, switched_address
from teller_assist.branch_server.problems import status_of
from teller_assist.errors import KnownError
from teller_assist.review import case_words
from teller_assist.review.people import LoggedIn, Role
from teller_assist.review.words import word
from teller_assist.wording import error_sentences, sentence

# What the header offers: address, code of the wording group "page", and to whom.
NAVIGATION = (
    ("/", "cases", (Role.MANAGER, Role.AUDITOR)),
    ("/dashboard", "statistics", (Role.MANAGER, Role.AUDITOR)),
    ("/my-agreement", "my_judgements", (Role.TELLER, Role.MANAGER)),
    ("/station-alerts", "station_alerts", (Role.MANAGER, Role.AUDITOR, Role.IT)),
    ("/audit", "audit", (Role.MANAGER, Role.AUDITOR)),
)
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")), autoescape=True, undefined=StrictUndefined
)
_TEMPLATES.globals |= {"words": case_words, "word": word, "outcome_word": outcome_word, "navigation": NAVIGATION}


def page(request: Request, template: str, *, person: LoggedIn | None, status: int = 200, **context: Any) -> HTMLResponse:
    """Return a page in the reader's language.

    A template says ``text("log_out")`` for a sentence of the wording group "page" and ``say(told)`` for what is told in words.
    """
    language = language_of(request)

    def text(code: str, **facts: str | int) -> str:
        return language.say(sentence("page", code, **facts))

    shown = {
        "person": person,
        "language": language,
        "other_language": switched_address(request, language.other),
        "here": request.url.path,
        "say": language.say,
        "text": text,
        **context,
    }
    answer = HTMLResponse(_TEMPLATES.get_template(template).render(shown), status)
    if PARAMETER in request.query_params:  # no secret, but no script needs it either
        secure = request.url.scheme == "https"
        answer.set_cookie(COOKIE, language.value, max_age=KEPT_S, httponly=True, samesite="strict", secure=secure)
    return answer


def told_page(request: Request, error: KnownError, person: LoggedIn | None) -> HTMLResponse:
    """Return a refusal as a page."""
    return page(request, "told.html", person=person, status=status_of(error), told=error_sentences(error))
