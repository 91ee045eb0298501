"""What every test is held to, and what several packages' tests share.

A test fails on a thread it leaves behind, on a connection that leaves the machine and on a WARNING of our own loggers that it
did not announce (`@pytest.mark.logs_warnings`). Python warnings are errors already (pyproject.toml).
"""

from __future__ import annotations

import importlib.util
import ipaddress
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import hypothesis
import numpy as np
import pytest
from scipy.stats import norm

from teller_assist.app import Installation
from teller_assist.comparison.calibration import TARGET_FMRS, Calibration, MatedCounts
from teller_assist.comparison.error_rates import GRID_STEPS_PER_UNIT, CountTable, NonMatedGroup
from teller_assist.comparison.fitting import fit_thresholds
from teller_assist.comparison.llr import LlrLine, carried_range
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.evidence.pictures import Picture
from teller_assist.model_files.store import ModelState
from teller_assist.pictures.decode import PictureLimits, read_picture
from teller_assist.settings.home import installation_root
from teller_assist.workflow.opening import DETECTOR_ID, EXTRACTOR_ID

EVALUATION_DATA_VARIABLE = "TELLER_ASSIST_EVALUATION_DATA"
LIMITS = PictureLimits(max_bytes=20_000_000, max_pixels=20_000_000)

# The same examples on every machine, nothing written beside the sources, and no failure because a machine is slow.
hypothesis.settings.register_profile("house", derandomize=True, database=None, deadline=None, max_examples=50)
hypothesis.settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "logs_warnings: the test makes our loggers write at WARNING or above on purpose")


# ---------------------------------------------------------------- what every test is held to


@pytest.fixture(autouse=True)
def _no_thread_is_left_behind() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    left = [thread for thread in threading.enumerate() if thread not in before and not thread.daemon]
    for thread in left:
        thread.join(timeout=1.0)  # one that is just ending is no leak
    names = sorted(thread.name for thread in left if thread.is_alive())
    assert not names, f"threads left behind: {', '.join(names)}"


@pytest.fixture(autouse=True)
def _nothing_leaves_the_machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Refuse connections to other machines; one that the tested code swallows fails the test at its end."""
    refused: list[str] = []

    def guarded(original: Callable[..., Any]) -> Callable[..., Any]:
        def connect(self: socket.socket, address: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(str(address[0])):
                refused.append(str(address[0]))
                raise AssertionError(f"a connection would leave the machine: {address[0]}")
            return original(self, address)

        return connect

    monkeypatch.setattr(socket.socket, "connect", guarded(socket.socket.connect))
    monkeypatch.setattr(socket.socket, "connect_ex", guarded(socket.socket.connect_ex))
    yield
    assert not refused, f"connections that would leave the machine: {', '.join(refused)}"


def _is_loopback(host: str) -> bool:
    if host in ("localhost", ""):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.told.append(f"{record.levelname} {record.name} at {record.filename}:{record.lineno}")


@pytest.fixture(autouse=True)
def _logging_is_as_before() -> Iterator[None]:
    """A command that runs in this process sets the program's logs up; the next test must not inherit them."""
    root, ours = logging.getLogger(), logging.getLogger("teller_assist")
    handlers, root_level, our_level, strict = list(root.handlers), root.level, ours.level, logging.raiseExceptions
    yield
    for handler in [handler for handler in root.handlers if handler not in handlers]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(root_level)
    ours.setLevel(our_level)
    logging.raiseExceptions = strict
    logging.captureWarnings(capture=False)


@pytest.fixture(autouse=True)
def _no_unannounced_log_record(request: pytest.FixtureRequest) -> Iterator[None]:
    collector, ours = _Collector(), logging.getLogger("teller_assist")
    ours.addHandler(collector)
    yield
    ours.removeHandler(collector)
    announced = request.node.get_closest_marker("logs_warnings") is not None
    assert announced or not collector.told, f"not announced by @pytest.mark.logs_warnings: {'; '.join(collector.told)}"


# ---------------------------------------------------------------- what several packages' tests share


@pytest.fixture(scope="session")
def installation() -> Installation:
    """This checkout with its real models, or a skip that says why."""
    found = Installation(installation_root())
    store = found.model_store
    lacking = [name for name in (DETECTOR_ID, EXTRACTOR_ID) if store.state(store.manifest.entry(name)) is not ModelState.READY]
    if lacking:
        pytest.skip(f"not fetched on this machine (teller-assist models fetch): {', '.join(lacking)}")
    return found


@pytest.fixture(scope="session")
def evaluation_data() -> Path:
    """The folder that lfw/, asian_adults/, odd_pictures/ ... lie in, or a skip that says why."""
    named = os.environ.get(EVALUATION_DATA_VARIABLE, "")
    if not named:
        pytest.skip(f"{EVALUATION_DATA_VARIABLE} names no folder with evaluation data")
    folder = Path(named)
    assert folder.is_dir(), f"{EVALUATION_DATA_VARIABLE} names a folder that is not there"
    return folder


@pytest.fixture(scope="session")
def astronaut_path() -> Path:
    """A photograph of one person, 512x512, that scikit-image carries."""
    return _packaged("skimage", "data/astronaut.png")


@pytest.fixture(scope="session")
def astronaut(astronaut_path: Path) -> Picture:
    """The same, decoded."""
    return read_picture(astronaut_path, role="probe", limits=LIMITS)


@pytest.fixture(scope="session")
def six_persons() -> Path:
    """A photograph of six persons that insightface carries."""
    return _packaged("insightface", "data/images/t1.jpg")


def _packaged(package: str, relative: str) -> Path:
    # The package is looked up, not imported: both of them take seconds.
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        pytest.skip(f"{package}, whose photograph is used, is not installed")
    path = Path(found.origin).parent / relative
    assert path.is_file(), f"{package} no longer carries {relative}"
    return path


# ---------------------------------------------------------------- made-up calibrations

NormalGroup = tuple[str, bool, int, float, float]  # name, identities known, comparisons, mean and deviation of their scores
TWO_GROUPS: tuple[NormalGroup, ...] = (("first", True, 400_000, 0.05, 0.10), ("second", False, 40_000, 0.12, 0.11))


def _normal_table(comparisons: int, mean: float, deviation: float) -> CountTable:
    """Counts as normally distributed scores would give them."""
    scores = np.arange(-GRID_STEPS_PER_UNIT, GRID_STEPS_PER_UNIT + 1) / GRID_STEPS_PER_UNIT
    counts = np.floor(comparisons * norm.sf(scores, mean, deviation)).astype(int)
    first, last = int(np.argmax(counts < comparisons)), int(np.flatnonzero(counts)[-1]) + 1
    shares = counts[first:last] / comparisons
    spread = 3 * np.sqrt(shares * (1 - shares) / comparisons)
    low, high = np.clip(shares - spread, 0, 1), np.clip(shares + spread, 0, 1)
    return CountTable(
        comparisons, first - GRID_STEPS_PER_UNIT, tuple(counts[first:last].tolist()), tuple(low.tolist()), tuple(high.tolist())
    )


@pytest.fixture(scope="session")
def make_calibration() -> Callable[..., Calibration]:
    """Make a calibration of normally distributed scores; what is left out has a usual value."""

    def make(
        *,
        mated: int = 5_000,
        groups: Sequence[NormalGroup] = TWO_GROUPS,
        reference_kind: PhotoKind = PhotoKind.CHIP,
        **changed: Any,
    ) -> Calibration:
        table = _normal_table(mated, 0.62, 0.12)
        counts = MatedCounts(1_000, table, mated // 100, groups[0][0])
        non_mated = tuple(
            NonMatedGroup(name, 1_000, known, _normal_table(comparisons, mean, deviation))
            for name, known, comparisons, mean, deviation in groups
        )
        refits = tuple((35.0 + shift, -11.5 - shift / 3) for shift in (-1.0, -0.5, 0.0, 0.5, 1.0))
        made = Calibration(
            calibration_id=f"made-up/live-{reference_kind}/2026-01-01",
            scope="factory",
            model_id="made-up",
            model_sha256="11" * 32,
            pipeline_sha256="22" * 32,
            probe_kind=PhotoKind.LIVE,
            reference_kind=reference_kind,
            groups=non_mated,
            mated=counts,
            llr=LlrLine(35.0, -11.5, refits, *carried_range(mated, max(group.table.comparisons for group in non_mated))),
            thresholds=fit_thresholds(non_mated, counts, TARGET_FMRS),
        )
        return replace(made, **changed)

    return make
