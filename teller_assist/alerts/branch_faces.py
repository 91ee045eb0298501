"""The branch server's faces of recent cases, as a station asks about them: only where the server said that it keeps any."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from teller_assist.alerts.branch_client import BranchClient
from teller_assist.alerts.branch_register import BranchRegister
from teller_assist.comparison.searching import SearchProbe, extrapolated_fpir
from teller_assist.decision.second_identity import NOT_SEARCHED, FaceSearch, SecondIdentityFinding, SeenBefore
from teller_assist.errors import BranchError, BranchRefusedError, ShapeError
from teller_assist.evidence.id_number import IdNumber
from teller_assist.settings.logs import Subject, logger_for


class BranchFaces:
    """Searches and hands over faces, one after the other: its caller has one thread for it.

    Parameters
    ----------
    register
        Its answers say whether the server keeps faces: no face leaves this machine before one did.
    """

    def __init__(self, client: BranchClient, register: BranchRegister) -> None:
        self._client, self._register = client, register

    def __repr__(self) -> str:
        return "BranchFaces(***)"

    @property
    def days(self) -> int:
        """For how long the server keeps faces, as it last said; 0: it keeps none, or did not say yet."""
        return self._register.recent_faces_days

    def ask(self, number: IdNumber, probe: SearchProbe) -> SecondIdentityFinding:
        """Return what the recent faces say; a server that cannot be asked, or keeps none, says nothing."""
        if not self.days:
            return NOT_SEARCHED
        try:
            answer = self._client.ask_second_identity(number.text, probe)
            return _finding(answer, probe) if answer["on"] else NOT_SEARCHED
        except (BranchError, ShapeError) as error:
            logger_for(Subject.BRANCH).info("recent faces were not searched: %s", error)
            return NOT_SEARCHED

    def keep(self, number: IdNumber, probe: SearchProbe, *, case_id: str, business_kind: str) -> None:
        """Hand the face of a decided case over; dropped where the server cannot be reached: no face waits on this machine."""
        if not self.days:
            return
        try:
            self._client.keep_recent_face(number.text, probe, case_id=case_id, business_kind=business_kind)
        except (BranchError, ShapeError) as error:
            logger_for(Subject.BRANCH).info("a recent face was not handed over: %s", error)


def _finding(answer: Mapping[str, Any], probe: SearchProbe) -> SecondIdentityFinding:
    threshold = probe.threshold
    search = FaceSearch(
        days=answer["days"],
        searched=answer["searched"],
        least_score=threshold.score,
        target_fmr=threshold.target_fmr,
        fmr=threshold.fmr,
        fpir=extrapolated_fpir(threshold.fmr, answer["searched"]),
        calibration_id=threshold.calibration_id,
        model_id=probe.model_id,
    )
    return SecondIdentityFinding(search, tuple(_seen(one) for one in answer["matches"]))


def _seen(match: Mapping[str, Any]) -> SeenBefore:
    try:
        day = datetime.date.fromisoformat(match["day"])
    except ValueError as error:
        raise BranchRefusedError(why="shape_invalid") from error
    return SeenBefore(match["case_id"], day, match["business_kind"])
