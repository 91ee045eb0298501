"""A bank's own recognition model: an insightface pack (a folder such as buffalo_l) or any ONNX file for 112x112 aligned faces.

It is looked at, run once, copied beside the site's settings and pinned there; only its path of arrival is forgotten. Whether its
licence allows the use is for the bank to say: the licence is kept in its words and shown wherever models are listed.
"""

from __future__ import annotations

import json
import math
import re
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from teller_assist.errors import ModelAlteredError, ModelPackError, SettingsFileError
from teller_assist.model_files.sessions import ONNXRUNTIME_ERRORS, open_session
from teller_assist.settings.bank_files import BankFiles
from teller_assist.settings.shipped import content_sha256

SCHEMA = "recogniser/1"
DESCRIPTION_NAME = "recogniser.json"
MODEL_NAME = "recogniser.onnx"
INPUT_SIDE_PX = 112
_OF_BANK = "bank"
DIMENSION_MAX = 4096
# insightface has no errors of its own; of a file that onnxruntime does not open it passes on onnxruntime's.
_READING_ERRORS: tuple[type[Exception], ...] = (
    *ONNXRUNTIME_ERRORS, AssertionError, AttributeError, LookupError, OSError, TypeError,
)  # fmt: skip
_MODEL_ID = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")


@dataclass(frozen=True)
class Preprocessing:
    """What a model is fed: (value - mean) / std of grey levels from 0 to 255, in its colour order.

    Attributes
    ----------
    colours
        "rgb" or "bgr".
    """

    mean: float = 0.0
    std: float = 1.0
    colours: str = "rgb"

    def __post_init__(self) -> None:
        """Refuse what would give features of nothing."""
        if not (math.isfinite(self.mean) and math.isfinite(self.std)) or self.std <= 0 or self.colours not in ("rgb", "bgr"):
            raise ValueError("no preprocessing")


@dataclass(frozen=True)
class AdoptedRecogniser:
    """A bank's own recognition model.

    Attributes
    ----------
    dimension
        Numbers it gives for a face.
    licence
        In the bank's words.
    """

    model_id: str
    sha256: str
    licence: str
    dimension: int
    preprocessing: Preprocessing


def inspect_model(
    path: Path, *, model_id: str, licence: str, preprocessing: Preprocessing | None
) -> tuple[AdoptedRecogniser, bytes]:
    """Look at a pack or file, run it once, and return its description and content.

    Parameters
    ----------
    path
        A folder of ONNX files of which insightface knows exactly one as a recognition model, or one ONNX file.
    preprocessing
        None: what insightface does with the file.

    Raises
    ------
    ModelPackError
        "model_pack_unusable"; ``why``: missing, no_recogniser, several_recognisers, not_opened, input_shape, not_run,
        output_shape, output_not_finite, id_not_allowed, licence_missing.
    """
    if not _MODEL_ID.fullmatch(model_id):
        raise ModelPackError(why="id_not_allowed")
    if not licence.strip():
        raise ModelPackError(why="licence_missing")
    file, known = _offered(path)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ModelPackError(why="missing") from error
    fed = preprocessing or _insightface_preprocessing(known)
    try:
        session = open_session(content)
    except ONNXRUNTIME_ERRORS as error:
        raise ModelPackError(why="not_opened") from error
    return AdoptedRecogniser(model_id, content_sha256(content), licence.strip(), _dimension(session), fed), content


def adopt(recogniser: AdoptedRecogniser, content: bytes, site: BankFiles, adopted_at: str) -> None:
    """Make a model the one that runs from the next start on.

    Raises
    ------
    ResourceError, SettingsFileError
        The site's folder cannot be written, or what it holds cannot be read.
    """
    description = json.dumps({"schema": SCHEMA, **asdict(recogniser)}, indent=1, ensure_ascii=False) + "\n"
    site.accept({DESCRIPTION_NAME: description.encode(), MODEL_NAME: content}, {"adopted_at": adopted_at})


def adopted_recogniser(site: BankFiles) -> AdoptedRecogniser | None:
    """Return the bank's own model, None where it adopted none.

    Raises
    ------
    ModelAlteredError
        Its description is not the one that was written.
    """
    try:
        content = site.read(DESCRIPTION_NAME)
        return None if content is None else _described(json.loads(content))
    except (SettingsFileError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ModelAlteredError("model_altered", origin=_OF_BANK, why="description") from error


def open_adopted(recogniser: AdoptedRecogniser, site: BankFiles) -> onnxruntime.InferenceSession:
    """Open the bank's own model, its bytes verified.

    Raises
    ------
    ModelAlteredError
        The file is not the one that was adopted, or cannot be opened.
    """
    try:
        content = site.read(MODEL_NAME)
        if content is None or content_sha256(content) != recogniser.sha256:
            raise ModelAlteredError("model_altered", model=recogniser.model_id, origin=_OF_BANK)
        return open_session(content)
    except SettingsFileError as error:
        raise ModelAlteredError("model_altered", model=recogniser.model_id, origin=_OF_BANK, why=error.reason) from error
    except ONNXRUNTIME_ERRORS as error:
        raise ModelAlteredError("model_altered", model=recogniser.model_id, origin=_OF_BANK, why="not_opened") from error


def _described(document: dict[str, Any]) -> AdoptedRecogniser:
    if document["schema"] != SCHEMA:
        raise ValueError(document["schema"])
    fed = document["preprocessing"]
    return AdoptedRecogniser(
        str(document["model_id"]), str(document["sha256"]), str(document["licence"]), int(document["dimension"]),
        Preprocessing(float(fed["mean"]), float(fed["std"]), str(fed["colours"])),
    )  # fmt: skip


def _offered(path: Path) -> tuple[Path, Any]:
    """Return the file that is offered, and insightface's adapter for it; of a pack, its one recognition model.

    insightface tells tasks apart by the models' graphs.
    """
    if not path.is_dir():
        return path, _known_to_insightface(path)
    adapters = [(file, _known_to_insightface(file)) for file in sorted(path.glob("*.onnx"))]
    found = [(file, known) for file, known in adapters if _recognises(known)]
    if len(found) != 1:
        raise ModelPackError(why="several_recognisers" if found else "no_recogniser")
    return found[0]


def _recognises(known: Any) -> bool:
    return getattr(known, "taskname", "") == "recognition"


def _insightface_preprocessing(known: Any) -> Preprocessing:
    """Return what insightface feeds a recognition model: it sees in the graph whether the model scales by itself."""
    if not _recognises(known):
        raise ModelPackError(why="no_recogniser")
    try:
        return Preprocessing(float(known.input_mean), float(known.input_std), "rgb")
    except (AttributeError, TypeError, ValueError) as error:
        raise ModelPackError(why="no_recogniser") from error


def _known_to_insightface(file: Path) -> Any:
    """Return insightface's own adapter for a file; None where it has none or cannot read the file."""
    if file.suffix != ".onnx" or not file.is_file():  # it would take another name for that of a published pack
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own and its dependencies' code
        from insightface.model_zoo import get_model

        try:
            return get_model(str(file), providers=["CPUExecutionProvider"])
        except _READING_ERRORS:
            return None


def _dimension(session: onnxruntime.InferenceSession) -> int:
    """Return how many numbers the model gives for one aligned face, by running it on two made-up ones."""
    inputs = session.get_inputs()
    wanted = (3, INPUT_SIDE_PX, INPUT_SIDE_PX)
    shape = inputs[0].shape if len(inputs) == 1 else []
    if len(shape) != 4 or any(isinstance(has, int) and has != side for has, side in zip(shape[1:], wanted, strict=True)):
        raise ModelPackError(why="input_shape")
    random = np.random.default_rng(0)
    answers = []
    for _ in range(2):
        face = random.uniform(-1, 1, (1, 3, INPUT_SIDE_PX, INPUT_SIDE_PX)).astype(np.float32)
        try:
            answers.append(np.asarray(session.run(None, {inputs[0].name: face})[0]))
        except ONNXRUNTIME_ERRORS as error:
            raise ModelPackError(why="not_run") from error
    if any(one.ndim != 2 or one.shape[0] != 1 or not 2 <= one.shape[1] <= DIMENSION_MAX for one in answers):
        raise ModelPackError(why="output_shape")
    if not all(np.isfinite(one).all() for one in answers) or np.array_equal(answers[0], answers[1]):
        raise ModelPackError(why="output_not_finite")
    return int(answers[0].shape[1])
