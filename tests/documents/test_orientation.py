"""Which way up a card lies, by the published classifier."""

from __future__ import annotations

import numpy as np
import pytest

from teller_assist.documents.orientation import ORIENTATION_MODEL, CardOrientation
from teller_assist.errors import ModelMissingError
from teller_assist.model_files.store import ModelState, ModelStore, open_store


def test_without_its_file_the_model_is_missing(tmp_path: object) -> None:
    store = open_store()
    empty = ModelStore(store.manifest, type(store.folder)(str(tmp_path)))
    with pytest.raises(ModelMissingError):
        CardOrientation(empty, store.manifest.entry(ORIENTATION_MODEL))


@pytest.mark.full
def test_any_card_gives_a_share_between_none_and_all() -> None:
    store = open_store()
    entry = store.manifest.entry(ORIENTATION_MODEL)
    if store.state(entry) is not ModelState.READY:
        pytest.skip("the orientation model is not installed")
    orientation = CardOrientation(store, entry)
    for pixels in (np.zeros((638, 1011, 3), np.uint8), np.full((9, 9, 3), 255, np.uint8)):
        assert 0.0 <= orientation.upside_down(pixels) <= 1.0
