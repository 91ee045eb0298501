"""The one list of settings. Adding one is adding one field here and one line to ``config/defaults.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from teller_assist.errors import BugError
from teller_assist.settings.declaring import DeclaredSetting, declared_settings, setting


class Origin(StrEnum):
    """Where a value came from; each beats the ones before it."""

    DEFAULTS = "defaults"  # config/defaults.toml, as shipped
    SITE = "site"  # the bank's own file
    ENVIRONMENT = "environment"  # TELLER_ASSIST__SECTION__NAME


@dataclass(frozen=True)
class PicturesSettings:
    """Limits of the one place that decodes pictures from outside."""

    max_file_mb: float = setting(
        20.0,
        minimum=0.1,
        maximum=100.0,
        unit="MB",
        zh="图像文件大小上限（1 MB = 1,000,000字节）",
        en="largest picture file (1 MB = 1,000,000 bytes)",
    )
    max_megapixels: float = setting(
        20.0, minimum=0.1, maximum=100.0, unit="megapixels", zh="图像像素数上限", en="most pixels of a picture"
    )

    @property
    def max_bytes(self) -> int:
        """Largest file in bytes."""
        return round(self.max_file_mb * 1_000_000)

    @property
    def max_pixels(self) -> int:
        """Largest width times height."""
        return round(self.max_megapixels * 1_000_000)


@dataclass(frozen=True)
class FaceSettings:
    """How a face is found. A calibration belongs to these values: another value asks for another calibration."""

    detection_side_px: int = setting(
        320,
        minimum=160,
        maximum=1280,
        unit="px",
        zh="检测人脸时图像长边缩放到的像素数",
        en="longest side of the picture that the detector sees first",
    )
    detection_score_min: float = setting(
        0.6, minimum=0.1, maximum=0.99, zh="检测得分低于此值不算人脸", en="a detection below this score is no face"
    )
    second_face_area_ratio: float = setting(
        0.6,
        minimum=0.1,
        maximum=1.0,
        zh="第二张人脸面积达到最大人脸的此比例时，视为多人",
        en="second face's share of the largest one's area that makes two persons",
    )
    minimum_eye_distance_px: float = setting(
        12.0,
        minimum=5.0,
        maximum=200.0,
        unit="px",
        zh="两眼间距小于此值时不比对",
        en="faces with eyes closer together are not compared",
    )


@dataclass(frozen=True)
class ModelsSettings:
    """Fetching model files."""

    download_connect_timeout_s: float = setting(
        10.0, minimum=1.0, maximum=120.0, unit="s", zh="连接下载来源的时间上限", en="longest wait for a connection to a source"
    )
    download_read_timeout_s: float = setting(
        15.0, minimum=1.0, maximum=600.0, unit="s", zh="下载中断多久视为失败", en="longest silence during a download"
    )
    download_total_timeout_s: float = setting(
        300.0, minimum=10.0, maximum=7200.0, unit="s", zh="单个来源的总时间上限", en="longest time for one source"
    )


@dataclass(frozen=True)
class LogsSettings:
    """What is logged, and where. No level logs personal data."""

    level: str = setting(
        "INFO", choices=("DEBUG", "INFO", "WARNING", "ERROR"), zh="日志级别", en="least important level that is logged"
    )
    folder: str = setting("", zh="日志文件夹；留空则只写到标准错误输出", en="folder for log files; empty: standard error only")


SECTIONS: Mapping[str, type] = {
    "pictures": PicturesSettings,
    "face": FaceSettings,
    "models": ModelsSettings,
    "logs": LogsSettings,
}


@dataclass(frozen=True)
class Settings:
    """Every value in force, and where it came from; made by ``settings.loading``.

    Attributes
    ----------
    origins
        By key ("pictures.max_file_mb").
    """

    pictures: PicturesSettings
    face: FaceSettings
    models: ModelsSettings
    logs: LogsSettings
    origins: Mapping[str, Origin]

    def origin(self, key: str) -> Origin:
        """Return where the value of "section.name" came from.

        Raises
        ------
        BugError
            No such setting.
        """
        if key not in self.origins:
            raise BugError(f"there is no setting {key!r}")
        return self.origins[key]


@cache
def schema() -> Mapping[str, DeclaredSetting]:
    """Return every setting by its key, in the order of this file."""
    return {one.key: one for name, section in SECTIONS.items() for one in declared_settings(name, section)}
