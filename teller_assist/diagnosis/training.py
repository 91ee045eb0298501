"""The part of the report on training pairs: whether the bank's folder can be used, every picture decoded once."""

from __future__ import annotations

from pathlib import Path

from teller_assist.app import open_installation
from teller_assist.decision.training_score import TrainingScore
from teller_assist.diagnosis.report import Finding, PartState
from teller_assist.errors import Fact, PictureError, TrainingError
from teller_assist.workflow.training_pairs import read_training_pairs


def look_at_training() -> Finding:
    """Return how the training pairs are.

    Raises
    ------
    TrainingError
        They are set up and cannot be used.
    """
    installation = open_installation()
    settings = installation.settings.training
    if not settings.folder:
        return Finding(PartState.READY, {"set_up": False})
    pairs = read_training_pairs(Path(settings.folder))
    for pair in pairs:
        for path in (pair.first, pair.second):
            try:
                installation.read_picture(path, role="training")
            except PictureError as error:
                raise TrainingError(why=error.reason, line=pair.line) from error
    of_one = sum(pair.one_person for pair in pairs)
    facts: dict[str, Fact] = {
        "set_up": True,
        "of_one_person": of_one,
        "of_two_persons": len(pairs) - of_one,
        "one_in": settings.one_in,
    }
    if min(of_one, len(pairs) - of_one) < TrainingScore.PAIRS_LEAST:
        return Finding(PartState.ATTENTION, facts, (("doctor", "training_pairs_few"),))
    return Finding(PartState.READY, facts)
