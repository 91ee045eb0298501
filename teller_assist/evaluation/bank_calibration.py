"""A bank's own calibrations: fitted on its development people, shown beside the ones in force, and only then accepted.

proposal = propose(the_set, ...)       what would change, counted on people who were not fitted on where there are any
write_proposal(folder, proposal)       candidate files and proposal.json with its id
accept_proposal(folder, id, bank)      whoever gives the id has seen the proposal
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from teller_assist.comparison.calibration import Calibration, Threshold
from teller_assist.comparison.calibration_file import bank_calibration_name, read_calibration, write_calibration
from teller_assist.comparison.calibration_shelf import CalibrationShelf
from teller_assist.comparison.error_rates import NotStated
from teller_assist.errors import CalibrationMismatchError, CalibrationMissingError, SetError
from teller_assist.evaluation.calibration_making import CountedGroup, RunningPipeline, make_calibration
from teller_assist.evaluation.face_protocol import SEED, Protocol, RowTest, compare, counted_rows, plan_protocol, rows_to_measure
from teller_assist.evaluation.face_rates import Observed, absent_thresholds, block_at, observe, shipped_thresholds
from teller_assist.evaluation.feature_sets import MeasuredSet, MeasuringSetup, measure_set
from teller_assist.evaluation.sets import EvaluationSet, SetRow, Split
from teller_assist.evaluation.simulation_folder import write_whole
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.settings.bank_files import BankFiles

PROPOSAL_NAME = "proposal.json"
SCHEMA = "calibration-proposal/1"
ALL_PEOPLE = "bank"  # the first group: everybody of the set together
MATED_PEOPLE_MIN = 20  # fewer people in two photographs carry no pass rate worth accepting: an interval of 14 points and more
_ID_CHARACTERS = 12


@dataclass(frozen=True)
class KindProposal:
    """What a bank's set says about one reference kind.

    Attributes
    ----------
    calibration
        The candidate; None where the set does not carry one.
    why_not
        Code of the wording group ``calibrate_why``; "" where there is a candidate.
    before, after
        Blocks as in evaluate-face/1, at the thresholds in force and at the candidate's; ``after`` is empty without one.
    checked_on
        The people of both blocks: "test", or "dev" where the set has no others; then "after" judges itself.
    """

    calibration: Calibration | None
    why_not: str
    before_id: str
    before: dict[str, Any]
    after: dict[str, Any]
    checked_on: Split
    mated: int
    mated_identities: int
    non_mated: int


@dataclass(frozen=True)
class Proposal:
    """What a bank's set says about every reference kind it holds."""

    images_csv_sha256: str
    pipeline: RunningPipeline
    today: datetime.date
    kinds: Mapping[PhotoKind, KindProposal]


def propose(
    the_set: EvaluationSet,
    kinds: frozenset[PhotoKind] | None,
    setup: MeasuringSetup,
    shelf: CalibrationShelf,
    pipeline: RunningPipeline,
    *,
    target_fmr: str,
    today: datetime.date,
    cache: Path,
    progress: Callable[[str], None],
    camera: str = "",
) -> Proposal:
    """Fit candidates on a set's development people.

    Parameters
    ----------
    kinds
        Reference kinds; all of the set when None.
    target_fmr
        The policy's: a candidate must state the threshold for it, or every outcome would be "cannot tell".
    cache
        Folder of measured features; biometric data.
    camera
        Id of the camera plugin that took the live photographs; "" where nobody said.

    Raises
    ------
    SetError
        The set holds no development people with live photographs, or nothing to compare.
    CalibrationMismatchError
        The back-end is not the one that shipped for this model.
    ResourceError
        The cache cannot be written.
    """
    protocol = plan_protocol(the_set, Split.DEV, kinds)
    if protocol.probe_kind is not PhotoKind.LIVE:
        raise SetError("set_too_small", split=Split.DEV.value, live=0)
    checking = Protocol(Split.TEST, protocol.probe_kind, protocol.reference_kinds)
    measured = MeasuredSet((), ())
    for one in (protocol, checking):
        wanted = counted_rows(the_set, one)
        part = measure_set(rows_to_measure(the_set, one), setup, cache, progress).behind(shelf.back_end())
        part = part.select(lambda row, wanted=wanted, split=one.split: row in wanted and row.split is split)  # type: ignore[misc]
        measured = MeasuredSet(measured.rows + part.rows, measured.measured + part.measured)
    proposals = {}
    for kind in protocol.reference_kinds:
        progress(f"fit {protocol.probe_kind} with {kind}")
        proposals[kind] = _propose_kind(measured, protocol, kind, shelf, pipeline, target_fmr, today, camera)
    return Proposal(the_set.images_csv_sha256, pipeline, today, proposals)


def write_proposal(folder: Path, proposal: Proposal) -> dict[str, Any]:
    """Write the candidates and what they would change; returns the proposal's document body.

    Raises
    ------
    ResourceError
        The folder cannot be written.
    """
    files = {}
    for kind, one in proposal.kinds.items():
        if one.calibration is not None:
            name = bank_calibration_name(proposal.pipeline.model_id, PhotoKind.LIVE, kind)
            provenance = {"images_csv_sha256": proposal.images_csv_sha256, "date": proposal.today.isoformat(), "seed": SEED}
            files[name] = write_calibration(one.calibration, provenance).encode()
    body = _body(proposal, {name: hashlib.sha256(content).hexdigest() for name, content in files.items()})
    for name, content in files.items():
        write_whole(folder / name, content)
    write_whole(folder / PROPOSAL_NAME, (json.dumps({"schema": SCHEMA, **body}, indent=1, ensure_ascii=False) + "\n").encode())
    return body


def accept_proposal(
    folder: Path, proposal_id: str, bank: BankFiles, pipeline: RunningPipeline, key_file: Path | None = None
) -> tuple[str, ...]:
    """Accept the candidates of a proposal and return their ids.

    Parameters
    ----------
    proposal_id
        As it was shown: nobody accepts what he has not seen.
    key_file
        The private key, where the bank's files are signed.

    Raises
    ------
    SetError
        "proposal_unknown": the folder holds no such proposal, another one, or candidates that are not the proposal's.
    CalibrationMismatchError
        It was fitted with another model or pipeline than what runs here.
    SigningError
        The key cannot be used.
    ResourceError, SettingsFileError
        The accepted files cannot be written or read.
    """
    try:
        document = json.loads((folder / PROPOSAL_NAME).read_bytes())
        body = {key: value for key, value in document.items() if key not in ("schema", "proposal_id")}
        shas = {str(name): str(sha256) for name, sha256 in document["files"].items()}
        files = {name: (folder / name).read_bytes() for name in shas}
        whole = document["schema"] == SCHEMA and document["proposal_id"] == _id(body)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise SetError("proposal_unknown", why="unreadable") from error
    if not whole or any(hashlib.sha256(files[name]).hexdigest() != shas[name] for name in shas):
        raise SetError("proposal_unknown", why="altered")
    if document["proposal_id"] != proposal_id:
        raise SetError("proposal_unknown", why="another_id")
    if not files:
        raise SetError("proposal_unknown", why="no_candidate")
    candidates = [read_calibration(content) for content in files.values()]
    for name, one in zip(files, candidates, strict=True):
        if name != bank_calibration_name(one.model_id, one.probe_kind, one.reference_kind):
            raise SetError("proposal_unknown", why="altered")
        if (one.model_id, one.model_sha256, one.pipeline_sha256) != (
            pipeline.model_id, pipeline.model_sha256, pipeline.pipeline_sha256,
        ):  # fmt: skip
            raise CalibrationMismatchError(why="pipeline", model=one.model_id)
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    bank.accept(files, {"proposal_id": proposal_id, "accepted_at": now}, key_file)
    return tuple(one.calibration_id for one in candidates)


def _propose_kind(
    measured: MeasuredSet,
    protocol: Protocol,
    kind: PhotoKind,
    shelf: CalibrationShelf,
    pipeline: RunningPipeline,
    target_fmr: str,
    today: datetime.date,
    camera: str,
) -> KindProposal:
    groups = _groups(measured, protocol, kind)
    first = groups[0]
    before_id, before_thresholds = _in_force(shelf, kind)
    mated = int(first.counts.mated[0].sum()) + first.counts.mated_failed
    non_mated = int(first.counts.non_mated[0].sum())
    candidate, why_not = None, ""
    if first.counts.mated_identities < MATED_PEOPLE_MIN or first.counts.mated[0].sum() < 1 or non_mated < 1:
        why_not = "too_few_people"
    else:
        candidate = make_calibration((PhotoKind.LIVE, kind), groups, pipeline, scope="bank", today=today, camera=camera)
        if not isinstance(candidate.thresholds[target_fmr], Threshold):
            candidate, why_not = None, "target_not_carried"
    checked_on, observed = _checked(measured, protocol, kind)
    return KindProposal(
        calibration=candidate,
        why_not=why_not,
        before_id=before_id,
        before=block_at(observed, before_thresholds),
        after={} if candidate is None else block_at(observed, shipped_thresholds(candidate)),
        checked_on=checked_on,
        mated=mated,
        mated_identities=first.counts.mated_identities,
        non_mated=non_mated,
    )


def _groups(measured: MeasuredSet, protocol: Protocol, kind: PhotoKind) -> list[CountedGroup]:
    """Return everybody first, then every named group that has non-mated comparisons of its own."""
    names = sorted({row.group for row in measured.rows if row.split is Split.DEV} - {""})
    groups = [_counted(measured, protocol, kind, ALL_PEOPLE, lambda row: row.split is Split.DEV)]
    for name in names if len(names) > 1 else ():
        one = _counted(measured, protocol, kind, name, lambda row, name=name: row.split is Split.DEV and row.group == name)  # type: ignore[misc]
        if one.counts.non_mated[0].sum() >= 1:
            groups.append(one)
    return groups


def _counted(measured: MeasuredSet, protocol: Protocol, kind: PhotoKind, name: str, test: RowTest) -> CountedGroup:
    comparisons = compare(measured, protocol, kind, test, test)
    return CountedGroup(name, comparisons.counted, len(_people(comparisons.probes.rows, comparisons.references.rows)), True)


def _people(*rows: Sequence[SetRow]) -> set[str]:
    return {row.identity for part in rows for row in part}


def _checked(measured: MeasuredSet, protocol: Protocol, kind: PhotoKind) -> tuple[Split, Observed]:
    """Return the comparisons of people who were not fitted on; of those who were where there are no others."""
    there = {row.split for row in measured.rows if row.kind is kind}
    for split in (Split.TEST, Split.DEV) if Split.TEST in there else (Split.DEV,):
        comparisons = compare(measured, protocol, kind, *[lambda row, split=split: row.split is split] * 2)
        observed = observe(comparisons.counted, len(_people(comparisons.probes.rows, comparisons.references.rows)))
        if observed.mated is not None and observed.non_mated is not None:
            break
    return split, observed


def _in_force(shelf: CalibrationShelf, kind: PhotoKind) -> tuple[str, dict[str, float | NotStated]]:
    """Return the calibration in force; where it does not fit any more, that is why a bank calibrates."""
    try:
        calibration = shelf.find(PhotoKind.LIVE, kind)
    except CalibrationMissingError:
        return "", absent_thresholds("no_calibration")
    except CalibrationMismatchError:
        return "", absent_thresholds("calibration_mismatch")
    return calibration.calibration_id, shipped_thresholds(calibration)


def _body(proposal: Proposal, files: Mapping[str, str]) -> dict[str, Any]:
    body: dict[str, Any] = {
        "set": {"images_csv_sha256": proposal.images_csv_sha256},
        "model_id": proposal.pipeline.model_id,
        "pipeline_sha256": proposal.pipeline.pipeline_sha256,
        "date": proposal.today.isoformat(),
        "kinds": {kind.value: _kind_body(one) for kind, one in proposal.kinds.items()},
        "files": dict(files),
    }
    return {"proposal_id": _id(body), **body}


def _kind_body(one: KindProposal) -> dict[str, Any]:
    return {
        "proposed": one.calibration is not None,
        "why_not": one.why_not,
        "fitted_on": {"mated": one.mated, "mated_identities": one.mated_identities, "non_mated": one.non_mated},
        "checked_on": one.checked_on.value,
        "before": {"calibration_id": one.before_id, "thresholds": one.before},
        "after": {"calibration_id": one.calibration.calibration_id if one.calibration else "", "thresholds": one.after},
    }


def _id(body: Mapping[str, Any]) -> str:
    text = json.dumps(body, sort_keys=True, ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:_ID_CHARACTERS]
