"""The JSON schemas of everything that crosses between station and branch server; fields they do not name are kept.

case/1 envelope/1 receipt/1 transaction/1 server_keys/1 enrolment/1 enrolment_answer/1 kinship/1 kinship_answer/1
second_identity/1 second_identity_answer/1 recent_face/1 recent_face_answer/1 answers/1 answers_answer/1
sign_on/1 sign_on_answer/1 sign_on_standing/1 sign_on_standing_answer/1
head/1 heartbeat/1 heartbeat_answer/1

And of what an evidence pack carries to others: evidence_pack/1 evidence_proof/1; and backup/1, of which only the head is JSON
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator, ValidationError, validators

from teller_assist.errors import BugError, ShapeError


def check_shape(document: object, schema: str) -> Mapping[str, Any]:
    """Return a document that has the promised shape.

    Parameters
    ----------
    schema
        As its field "schema" says it: "case/1".

    Raises
    ------
    ShapeError
        It has not. The facts name the place by keys of the schema and the rule it breaks, never a value: it may be a person's.
    """
    fault = next(iter(_validator(schema).iter_errors(document)), None)
    if fault is not None:
        known = "/".join(str(part) for part in fault.absolute_path)
        raise ShapeError(what=schema, why=str(fault.validator), place=known[:200])
    if not isinstance(document, Mapping):
        raise ShapeError(what=schema, why="type", place="")
    return document


def schema_document(schema: str) -> dict[str, Any]:
    """Return the JSON schema of one shape.

    Raises
    ------
    BugError
        There is none.
    """
    file = resources.files("teller_assist.alerts").joinpath("schemas", f"{schema.replace('/', '-')}.json")
    try:
        document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BugError(f"there is no schema {schema}") from error
    return document


def _pattern(_validator: object, pattern: str, instance: object, _schema: object) -> Iterator[ValidationError]:
    """Check a pattern as JSON Schema means it: its $ is the text's end, Python's also lets a line end follow."""
    if isinstance(instance, str) and not re.search(pattern.replace("$", r"\Z"), instance):
        yield ValidationError("pattern")


_Validator = validators.extend(Draft202012Validator, {"pattern": _pattern})


@cache
def _validator(schema: str) -> Draft202012Validator:
    return _Validator(schema_document(schema), format_checker=Draft202012Validator.FORMAT_CHECKER)
