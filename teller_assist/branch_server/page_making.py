"""A page from its template: who looks, in which language, and where one can go from here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from teller_assist.branch_server.case_readings import outcome_word
from teller_assist.branch_server.language import COOKIE, KEPT_S, PARAMETER, language_of, switched_address
from teller_assist.branch_server.problems import status_of
from teller_assist.errors import KnownError, UsageError
from teller_assist.review import case_words
from teller_assist.review.people import LoggedIn
from teller_assist.review.rights import Action, may
from teller_assist.review.words import word
from teller_assist.wording import Sentences, error_sentences, sentence

# What the header offers: address, code of the wording group "page", and to whom. Somebody's work begins at the first of theirs.
NAVIGATION = (
    ("/", "cases", Action.LIST_CASES),
    ("/dashboard", "statistics", Action.SEE_STATISTICS),
    ("/my-agreement", "my_judgements", Action.SEE_OWN_AGREEMENT),
    ("/people", "people", Action.MANAGE_PEOPLE),
    ("/stations", "stations", Action.MANAGE_STATIONS),
    ("/branches", "branches", Action.MANAGE_BRANCHES),
    ("/station-alerts", "station_alerts", Action.SEE_STATION_ALERTS),
    ("/audit", "audit", Action.SEE_AUDIT),
)
OWN_PASSWORD = "/password"  # noqa: S105 (an address)
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")), autoescape=True, undefined=StrictUndefined
)
_TEMPLATES.globals |= {"words": case_words, "word": word, "outcome_word": outcome_word, "navigation": NAVIGATION}


def page(request: Request, template: str, *, person: LoggedIn | None, status: int = 200, **context: Any) -> HTMLResponse:
    """Return a page in the reader's language; it knows what they may do, so that nothing is offered that would be refused.

    A template says ``text("log_out")`` for a sentence of the wording group "page" and ``say(told)`` for what is told in words.
    """
    language = language_of(request)

    def text(code: str, **facts: str | int) -> str:
        return language.say(sentence("page", code, **facts))

    shown = {
        "person": person,
        "may": {action.value: person is not None and may(person, action) for action in Action},
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


def told_page(request: Request, error: KnownError, person: LoggedIn | None) -> Response:
    """Return a refusal as a page, or the way to where the one thing that is in the way can be done."""
    if error.reason == "password_must_change":
        return RedirectResponse(OWN_PASSWORD, 303)
    return page(request, "told.html", person=person, status=status_of(error), told=refusal_words(error))


def refusal_words(error: KnownError) -> Sentences:
    """Return what is wrong with a form's field, or what any error says."""
    if isinstance(error, UsageError):
        return sentence("server", f"usage_{error.facts['what']}")
    return error_sentences(error)


def first_page(person: LoggedIn) -> str:
    """Return where somebody's work begins."""
    return next((address for address, _, action in NAVIGATION if may(person, action)), OWN_PASSWORD)
