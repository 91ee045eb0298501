"""A few comparisons of fetched photographs, told as a person reads them."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from teller_assist.app import Installation, open_installation
from teller_assist.demonstration.customers import prepare_customers
from teller_assist.demonstration.photographs import fetch_photographs
from teller_assist.errors import EvidenceError
from teller_assist.evaluation.photo_kinds import prepare_portrait, render, rng_for
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.evidence.pictures import Picture
from teller_assist.face.selection import choose_face
from teller_assist.model_files.store import ModelState
from teller_assist.wording import error_sentences, sentence
from teller_assist.workflow.readings import answer_sentences

SEED = 1


@dataclass(frozen=True)
class Scene:
    """One comparison of the demonstration: a live picture of one photograph against a reference of another."""

    code: str  # in the wording group "demonstration"
    probe: str
    reference: str
    reference_kind: PhotoKind


SCENES = (
    Scene("same_person_chip", "first_person_a", "first_person_b", PhotoKind.CHIP),
    Scene("other_person_chip", "second_person", "first_person_b", PhotoKind.CHIP),
    Scene("same_person_mesh", "first_person_b", "first_person_a", PhotoKind.MESH),
    Scene("same_person_archive", "first_person_a", "first_person_b", PhotoKind.ARCHIVE),
)


def show_comparisons() -> None:
    """Fetch the photographs, render them into photo kinds, compare, and print every answer for people."""
    installation = open_installation()
    _show_what_is_off(installation)
    paths = fetch_photographs(installation.root, _say_progress)
    photographs = {name: installation.read_picture(path, role=name) for name, path in paths.items()}
    for number, scene in enumerate(SCENES, start=1):
        _say(f"\n[{number}] {sentence('demonstration', scene.code).zh}")
        probe = _rendered(installation, photographs[scene.probe], PhotoKind.LIVE, "probe")
        reference = _rendered(installation, photographs[scene.reference], scene.reference_kind, "reference")
        try:
            answer = installation.comparer.compare(
                probe, reference, probe_kind=PhotoKind.LIVE, reference_kind=scene.reference_kind
            )
        except EvidenceError as error:  # a heavy mesh may hide the face: that is an answer, too
            _say(f"    {error_sentences(error).zh}")
            continue
        for told in answer_sentences(answer):
            _say(f"    {told.zh}")
    _say(f"\n{sentence('demonstration', 'simulated').zh}")
    prepare_customers(installation.root, _say_progress)
    _say(sentence("demonstration", "window", command="teller-assist station --profile simulated").zh)


def _show_what_is_off(installation: Installation) -> None:
    store = installation.model_store
    absent = [entry for entry in store.manifest.entries if store.state(entry) is not ModelState.READY]
    for function in dict.fromkeys(function for entry in absent for function in entry.switches_off):
        _say(sentence("switched_off", function).zh)


def _rendered(installation: Installation, picture: Picture, kind: PhotoKind, role: str) -> Picture:
    """Return the photograph as a picture of that kind; an archive photograph is taken as it is."""
    if kind is PhotoKind.ARCHIVE:
        return Picture(picture.pixels, picture.file_format, role)
    face, _ = choose_face(installation.detector.detect(picture), role=role, second_area_ratio=1.0)
    portrait = prepare_portrait(picture.pixels, face.landmarks)
    rendering = render(portrait, kind, rng_for(picture.role, kind, SEED))
    return Picture(rendering.pixels, "frame", role)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _say_progress(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
