"""What every test is held to, and what several packages' tests share.

A test fails on a thread it leaves behind, on a connection that leaves the machine and on a WARNING of our own loggers that it
did not announce (`@pytest.mark.logs_warnings`). Python warnings are errors already (pyproject.toml).
"""

from __future__ import annotations

import gc
import importlib.util
import ipaddress
import logging
import math
import os
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import numpy as np
import pytest
from scipy.stats import norm

from teller_assist.app import Installation
from teller_assist.comparison.calibration import TARGET_FMRS, Calibration, MatedCounts
from teller_assist.comparison.error_rates import GRID_STEPS_PER_UNIT, CountTable, NonMatedGroup
from teller_assist.comparison.fitting import fit_thresholds
from teller_assist.comparison.llr import LlrTable, carried_range
from teller_assist.devices import device_lock
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.evidence.pictures import Picture
from teller_assist.model_files.store import ModelState
from teller_assist.pictures.decode import PictureLimits, read_picture
from teller_assist.settings.home import installation_root
from teller_assist.ui.collection import OneThreadCollection
from teller_assist.workflow.opening import DETECTOR_ID, EXTRACTOR_ID

if TYPE_CHECKING:
    from tests.stand_ins.postgres import PostgresCluster

DISPLAYS_VARIABLE = "TELLER_ASSIST_TEST_DISPLAYS"
EVALUATION_DATA_VARIABLE = "TELLER_ASSIST_EVALUATION_DATA"
LIMITS = PictureLimits(max_bytes=20_000_000, max_pixels=20_000_000)
# Another thread, one of pytest-xdist's own for one, would destroy a widget while a test paints: the whole process ends.
COLLECTION = OneThreadCollection()

# The same examples on every machine, nothing written beside the sources, and no failure because a machine is slow.
hypothesis.settings.register_profile("house", derandomize=True, database=None, deadline=None, max_examples=50)
hypothesis.settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    # A worker of pytest-xdist ("gw0", "gw1", ...) opens its windows on a screen of its own: before Qt is loaded.
    worker, displays = os.environ.get("PYTEST_XDIST_WORKER", ""), os.environ.get(DISPLAYS_VARIABLE, "").split()
    if worker and displays:
        os.environ["DISPLAY"] = displays[int(worker.removeprefix("gw")) % len(displays)]
    config.addinivalue_line("markers", "logs_warnings: the test makes our loggers write at WARNING or above on purpose")


# ---------------------------------------------------------------- what every test is held to


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()  # what all tests share is not looked through again and again


def pytest_runtest_teardown() -> None:
    COLLECTION.collect_due()


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


@pytest.fixture(scope="session")
def _locks_of_devices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _common_to_all(tmp_path_factory.mktemp("common"))


@pytest.fixture(autouse=True)
def _machines_locks_stay_as_they_are(_locks_of_devices: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_lock, "_COMMON_FOLDERS", (_locks_of_devices,))


@pytest.fixture
def common_folder(
    _machines_locks_stay_as_they_are: None, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """An empty folder for the locks of devices, such as all users of a machine share."""
    folder = _common_to_all(tmp_path_factory.mktemp("common"))
    monkeypatch.setattr(device_lock, "_COMMON_FOLDERS", (folder,))
    return folder


def _common_to_all(folder: Path) -> Path:
    folder.chmod(0o1777)
    return folder


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
def postgres() -> Iterator[PostgresCluster]:
    """A PostgreSQL server of this run's own, or a skip that says why; it syncs nothing, no test of it ends in a power cut."""
    from tests.stand_ins.postgres import running_cluster  # a copy of this file stands alone in a test

    with running_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.full)])
def database_kind(request: pytest.FixtureRequest) -> Iterator[str]:
    """Run a package's tests on both databases, the fast tier on one; what they call in tests.stand_ins.databases follows it."""
    from tests.stand_ins.databases import CURRENT

    CURRENT.cluster = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    yield request.param
    CURRENT.drop_below()
    CURRENT.cluster = None


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


@pytest.fixture
def customer_folder(tmp_path: Path, astronaut: Picture) -> Path:
    """The folder of one customer, in the form that callers make by hand."""
    from tests.stand_ins.equipment import NAME, NUMBER, portrait_of, write_picture  # a copy of this file stands alone in a test

    folder = tmp_path / "customers" / "01"
    folder.mkdir(parents=True)
    write_picture(folder / "live_1.jpg", astronaut)
    for name in ("chip", "netcheck"):
        write_picture(folder / f"{name}.jpg", portrait_of(astronaut))
    told = f'name = "{NAME}"\nnumber = "{NUMBER}"\nbusiness_kind = "loss_report"\nnetcheck = "MATCH_PHOTO_SAME"\n'
    (folder / "customer.toml").write_text(told, encoding="utf-8")
    return folder.parent


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


def _straight_llr(low: float, high: float) -> LlrTable:
    """Return a reading of 0 at a score of 0.33 that rises by 0.07 a grid point, cut to the range."""
    raw = np.array([35.0 * index / GRID_STEPS_PER_UNIT - 11.5 for index in range(-150, 451)])
    values, below, above = (tuple(float(one) for one in np.clip(raw + shift, low, high)) for shift in (0.0, -0.6, 0.6))
    return LlrTable(-150, values, below, above, low, high)


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
            llr=_straight_llr(*carried_range(mated, max(group.table.comparisons for group in non_mated))),
            thresholds=fit_thresholds(non_mated, counts, TARGET_FMRS),
        )
        return replace(made, **changed)

    return make


# ---------------------------------------------------------------- promised shapes

ANSWER_KEYS = {
    "request_id", "outcome", "result_zh", "score_raw", "model_id", "model_version", "probe_kind", "reference_kind",
    "calibration_id", "calibration_scope", "fmr_at_score", "fnmr_at_score", "llr", "llr_ci95", "llr_relative_band",
    "thresholds", "quality", "advice", "latency_ms",
}  # fmt: skip
QUALITY_NAMES = {
    "InterEyeDistance", "Sharpness", "UnderExposurePrevention", "OverExposurePrevention",
    "HeadPoseYaw", "HeadPosePitch", "HeadPoseRoll", "MouthOcclusionPrevention",
}  # fmt: skip


@pytest.fixture(scope="session")
def check_compare_body() -> Callable[[dict[str, Any]], None]:
    """Assert that a body has every key of compare/1 with the promised type, and nowhere null or a number that is none."""
    return _check_compare_body


def _check_compare_body(body: dict[str, Any]) -> None:
    _check_no_null(body, "compare")
    assert set(body) >= ANSWER_KEYS
    assert set(body) <= ANSWER_KEYS | {"schema", "product_version", "mesh"}
    assert body["outcome"] in ("MATCH", "NON_MATCH", "INCONCLUSIVE")
    assert body["result_zh"].startswith("系统")
    assert isinstance(body["score_raw"], float)
    assert -1 <= body["score_raw"] <= 1
    assert body["model_version"].startswith("sha256:")
    assert len(body["model_version"]) == len("sha256:") + 64
    assert body["calibration_id"].startswith(f"{body['model_id']}/{body['probe_kind']}-{body['reference_kind']}/")
    assert body["calibration_scope"] in ("factory", "bank", "none")
    for name in ("fmr_at_score", "fnmr_at_score"):
        _check_rate(body[name])
    for name in ("llr_ci95", "llr_relative_band"):
        _check_not_stated(body[name]) if isinstance(body[name], dict) else _check_interval(body[name], -100, 100)
    _check_not_stated(body["llr"]) if isinstance(body["llr"], dict) else _check_number(body["llr"], -100, 100)
    assert set(body["thresholds"]) == set(TARGET_FMRS)
    for entry in body["thresholds"].values():
        if not entry["stated"]:
            _check_not_stated(entry)
        else:
            _check_number(entry["score"], -1, 1.01)
    for components in (body["quality"]["probe"], body["quality"]["reference"]):
        _check_quality(components)
    assert all(isinstance(code, str) for code in body["advice"])
    assert len(body["advice"]) == len(set(body["advice"]))
    assert {"total", "detect", "features"} <= set(body["latency_ms"])
    for value in body["latency_ms"].values():
        _check_number(value, 0, 600_000)


def _check_no_null(value: Any, where: str) -> None:
    assert value is not None, where
    if isinstance(value, float):
        assert math.isfinite(value), where
    for key, child in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        _check_no_null(child, f"{where}.{key}")


def _check_number(value: Any, low: float, high: float) -> None:
    assert isinstance(value, int | float)
    assert not isinstance(value, bool)
    assert low <= value <= high


def _check_interval(value: Any, low: float, high: float) -> None:
    assert isinstance(value, list)
    assert len(value) == 2
    for end in value:
        _check_number(end, low, high)
    assert value[0] <= value[1]


def _check_not_stated(entry: dict[str, Any]) -> None:
    assert set(entry) == {"stated", "why_zh", "why_en", "comparisons"}
    assert entry["stated"] is False
    assert entry["why_zh"]
    assert entry["why_en"]
    assert type(entry["comparisons"]) is int


def _check_rate(entry: dict[str, Any]) -> None:
    if not entry["stated"]:
        _check_not_stated(entry)
        return
    assert set(entry) >= {"stated", "value", "bound", "errors", "comparisons", "ci95"}
    assert entry["bound"] in ("upper", "estimate")
    assert type(entry["errors"]) is int
    assert type(entry["comparisons"]) is int
    assert 0 <= entry["errors"] <= entry["comparisons"]
    _check_number(entry["value"], 0, 1)
    assert entry["value"] > 0, "a rate of zero is never observed, only bounded"
    _check_interval(entry["ci95"], 0, 1)


def _check_quality(components: dict[str, Any]) -> None:
    assert set(components) == QUALITY_NAMES
    for component in components.values():
        if component["assessed"]:
            assert type(component["value"]) is int
            _check_number(component["value"], 0, 100)
            _check_number(component["native"], -1e6, 1e6)
        else:
            assert "value" not in component
            assert component["why_zh"]
