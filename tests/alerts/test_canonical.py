"""The byte form of documents: what has none is our bug and no other error."""

from __future__ import annotations

from typing import Any

import pytest

from teller_assist.alerts.canonical import canonical_bytes
from teller_assist.errors import BugError


@pytest.mark.parametrize("document", [{"a": "\ud800"}, {"\ud800": 1}, {"a": 2**60}, {"a": float("inf")}])
def test_what_is_no_json_has_no_canonical_form(document: dict[str, Any]) -> None:
    with pytest.raises(BugError):
        canonical_bytes(document)
