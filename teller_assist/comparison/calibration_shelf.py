"""Finding the back-end and the calibration for a comparison and refusing one that belongs to another model or pipeline."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from teller_assist.comparison.back_end import BackEnd, back_end_path, read_back_end
from teller_assist.comparison.calibration import Calibration
from teller_assist.comparison.calibration_file import bank_calibration_name, calibration_path, read_calibration
from teller_assist.errors import CalibrationMismatchError, CalibrationMissingError, SettingsFileError
from teller_assist.evidence.kinds import PhotoKind


class CalibrationShelf:
    """The calibrations of an installation for one model and pipeline.

    Parameters
    ----------
    root
        The installation root.
    read
        Reads a file of the installation by its relative path and refuses an altered one.
    model_id, model_sha256, pipeline_sha256
        What runs on this machine.
    read_bank
        Returns a calibration that the bank accepted for itself by the name ``bank_calibration_name`` gives, None where it
        accepted none, and refuses an altered one.
    """

    def __init__(
        self,
        root: Path,
        read: Callable[[Path, str], bytes],
        *,
        model_id: str,
        model_sha256: str,
        pipeline_sha256: str,
        read_bank: Callable[[str], bytes | None] = lambda _: None,
    ) -> None:
        self._root = root
        self._read = read
        self._read_bank = read_bank
        self._model_id = model_id
        self._model_sha256 = model_sha256
        self._pipeline_sha256 = pipeline_sha256
        self._taken: dict[tuple[PhotoKind, PhotoKind], Calibration] = {}
        self._back_end: BackEnd | None = None

    @property
    def pipeline_sha256(self) -> str:
        """What decides the scores of pictures on this machine."""
        return self._pipeline_sha256

    def back_end(self) -> BackEnd | None:
        """Return what features pass through before they are compared; None where the model has no back-end.

        Raises
        ------
        CalibrationMismatchError
            Its file was altered, or belongs to another model.
        """
        relative = back_end_path(self._model_id)
        if self._back_end is None and (self._root / relative).is_file():
            try:
                found = read_back_end(self._read(self._root, relative))
            except SettingsFileError as error:
                raise CalibrationMismatchError(why=error.reason, model=self._model_id) from error
            if (found.model_id, found.model_sha256) != (self._model_id, self._model_sha256):
                raise CalibrationMismatchError(why="model", model=self._model_id)
            self._back_end = found
        return self._back_end

    def find(self, probe_kind: PhotoKind, reference_kind: PhotoKind) -> Calibration:
        """Return the calibration for a pair of photo kinds: the bank's own where it accepted one, or the factory's.

        Raises
        ------
        CalibrationMissingError
            There is none.
        CalibrationMismatchError
            Its file was altered, or it was counted on another model or pipeline. A bank's own that no longer fits is not
            passed over in favour of the factory's: the bank must accept a new one or withdraw it.
        """
        kinds = (probe_kind, reference_kind)
        if kinds not in self._taken:
            self._taken[kinds] = self._open(probe_kind, reference_kind, self._read_bank)
        return self._taken[kinds]

    def factory(self, probe_kind: PhotoKind, reference_kind: PhotoKind) -> Calibration:
        """Return the calibration that shipped for a pair of photo kinds.

        Raises
        ------
        CalibrationMissingError, CalibrationMismatchError
            As for ``find``.
        """
        return self._open(probe_kind, reference_kind, lambda _: None)

    def _open(self, probe_kind: PhotoKind, reference_kind: PhotoKind, read_bank: Callable[[str], bytes | None]) -> Calibration:
        relative = calibration_path(self._model_id, probe_kind, reference_kind)
        named = {"model": self._model_id, "probe_kind": probe_kind.value, "reference_kind": reference_kind.value}
        try:
            content, scope = read_bank(bank_calibration_name(self._model_id, probe_kind, reference_kind)), "bank"
            if content is None:
                if not (self._root / relative).is_file():
                    raise CalibrationMissingError(**named)
                content, scope = self._read(self._root, relative), "factory"
        except SettingsFileError as error:
            raise CalibrationMismatchError(why=error.reason, **named) from error
        calibration = read_calibration(content)
        if (calibration.probe_kind, calibration.reference_kind) != (probe_kind, reference_kind):
            raise CalibrationMismatchError(why="photo_kinds", **named)
        if calibration.scope != scope:
            raise CalibrationMismatchError(why="scope", **named)
        if calibration.model_id != self._model_id or calibration.model_sha256 != self._model_sha256:
            raise CalibrationMismatchError(why="model", **named)
        if calibration.pipeline_sha256 != self._pipeline_sha256:
            raise CalibrationMismatchError(why="pipeline", **named)
        return calibration


def calibrated_pairs(
    shelf: CalibrationShelf, pairs: Iterable[tuple[PhotoKind, PhotoKind]]
) -> tuple[tuple[PhotoKind, PhotoKind], ...]:
    """Return those of some pairs of photo kinds that can be read on this machine."""
    found = []
    for pair in pairs:
        with suppress(CalibrationMissingError, CalibrationMismatchError):
            shelf.find(*pair)
            found.append(pair)
    return tuple(found)
