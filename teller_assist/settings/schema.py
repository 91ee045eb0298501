"""The one list of settings. Adding one is adding one field here and one line to ``config/defaults.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from teller_assist.errors import BugError
from teller_assist.settings.branch_server import BranchServerSettings
from teller_assist.settings.declaring import DeclaredSetting, declared_settings, setting, tables_of
from teller_assist.settings.documents import DocumentsSettings
from teller_assist.settings.people import ProviderSettings, SignOnSettings
from teller_assist.settings.plugin_choice import PluginChoice


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


@dataclass(frozen=True)
class StationSettings:
    """The docked window on one teller's desk."""

    counter: str = setting("", zh="柜台名称，显示在标题栏", en="name of the counter, shown in the title")
    language: str = setting("zh", choices=("zh", "en"), zh="界面语言", en="language of the window")
    theme: str = setting("light", choices=("light", "dark"), zh="界面明暗", en="light or dark window")
    dock_side: str = setting("right", choices=("right", "left"), zh="停靠在屏幕的哪一侧", en="screen edge the window docks at")
    alert_sound: bool = setting(False, zh="出现提示时发出声音", en="sound when an alert appears")
    blank_after_idle_s: float = setting(
        60.0, minimum=10.0, maximum=600.0, unit="s", zh="无操作多久后遮蔽人脸", en="idle time after which faces are blanked"
    )
    lock_after_idle_s: float = setting(
        300.0, minimum=30.0, maximum=3600.0, unit="s", zh="无操作多久后锁定", en="idle time after which the window locks"
    )
    undo_s: float = setting(5.0, minimum=1.0, maximum=30.0, unit="s", zh="决定后可撤销的时间", en="time to undo a decision")
    sign_on: str = setting(
        "branch",
        choices=("branch", "name"),
        zh="柜员怎样登录：网点账号和密码，或只报姓名；未登记的柜台只能报姓名",
        en="how tellers sign on: by login and password of the branch server, or by name; a station that is not enrolled: by name",
    )
    notice_bank: str = setting("", zh="告知书上的本行名称，留空则手填", en="the bank's name on the notice; to fill in if empty")
    notice_contact: str = setting("", zh="告知书上的联系方式，留空则手填", en="whom to ask, on the notice; to fill in if empty")
    notice_kept_for: str = setting("", zh="告知书上的保存期限，留空则手填", en="how long, on the notice; to fill in if empty")
    notice_recent_faces_days: int = setting(
        0,
        minimum=0,
        maximum=30,
        unit="days",
        zh="告知书写明的近期人脸保留天数；0或少于服务器的天数时，本机不检索、不提交人脸",
        en="for how many days faces are kept to search, on the notice; 0, or fewer than the server's: none is searched or sent",
    )


@dataclass(frozen=True)
class ConsentSettings:
    """What permits a face to be measured."""

    basis: str = setting(
        "separate_consent",
        choices=("separate_consent", "legal_basis"),
        zh="采集人脸的依据：每位客户单独同意，或本行已确认的法定依据",
        en="each customer's separate consent, or the bank's own legal basis",
    )


@dataclass(frozen=True)
class CaptureSettings:
    """How the live picture is chosen."""

    looks_per_s: float = setting(
        10.0, minimum=2.0, maximum=15.0, unit="1/s", zh="每秒检测人脸的次数", en="how often a frame is searched for a face"
    )
    window_s: float = setting(
        0.3, minimum=0.0, maximum=2.0, unit="s", zh="出现合格画面后继续挑选的时间", en="time to look for a still better frame"
    )
    patience_s: float = setting(
        3.0,
        minimum=0.5,
        maximum=15.0,
        unit="s",
        zh="等待合格画面的时间，之后采用已有的最好画面",
        en="wait for a good frame, after which the best one so far is taken",
    )
    face_lost_s: float = setting(
        1.0, minimum=0.3, maximum=5.0, unit="s", zh="人脸消失多久后重新采集", en="absence after which the capture starts anew"
    )
    stalled_after_s: float = setting(
        2.0,
        minimum=0.5,
        maximum=10.0,
        unit="s",
        zh="多久没有画面视为摄像头中断",
        en="silence that counts as a stalled camera",
    )


@dataclass(frozen=True)
class DevicesSettings:
    """Which plugins drive the counter's devices, and their processes."""

    hello_timeout_s: float = setting(
        10.0, minimum=1.0, maximum=60.0, unit="s", zh="插件进程启动的时间上限", en="longest start of a plugin's process"
    )
    restart_after_s: float = setting(
        0.5,
        minimum=0.1,
        maximum=10.0,
        unit="s",
        zh="首次重启前的等待，之后逐次加倍",
        en="first wait before a restart; it doubles",
    )
    crashes_per_minute_max: int = setting(
        3, minimum=1, maximum=10, zh="一分钟内崩溃达到此次数即停用", en="crashes within a minute that put a device out of order"
    )
    camera: PluginChoice = field(default_factory=PluginChoice)
    id_card_reader: PluginChoice = field(default_factory=PluginChoice)
    document_scanner: PluginChoice = field(default_factory=PluginChoice)
    travel_document_reader: PluginChoice = field(default_factory=PluginChoice)
    bank_card_reader: PluginChoice = field(default_factory=PluginChoice)

    @property
    def choices(self) -> Mapping[str, PluginChoice]:
        """The plugin of each device, by its kind."""
        return {
            "camera": self.camera,
            "id_card_reader": self.id_card_reader,
            "document_scanner": self.document_scanner,
            "travel_document_reader": self.travel_document_reader,
            "bank_card_reader": self.bank_card_reader,
        }


@dataclass(frozen=True)
class BranchSettings:
    """The station's records and the way to the branch server."""

    data_folder: str = setting(
        "", zh="本机记录文件夹；留空则用系统惯用位置", en="folder of this station's records; empty: the system's usual place"
    )
    ca_file: str = setting(
        "",
        zh="签发服务器证书的机构证书（PEM）；留空则用公共机构",
        en="certificates of who issued the server's, PEM; empty: public ones",
    )
    timeout_s: float = setting(
        5.0, minimum=0.5, maximum=60.0, unit="s", zh="等待服务器应答的时间", en="longest wait for the branch server's answer"
    )
    retry_first_s: float = setting(
        1.0,
        minimum=0.1,
        maximum=60.0,
        unit="s",
        zh="发送失败后首次重试的等待",
        en="first wait after a failed delivery; it doubles",
    )
    retry_most_s: float = setting(
        60.0, minimum=1.0, maximum=3600.0, unit="s", zh="重试等待的上限", en="longest wait between two deliveries"
    )
    receipts_kept: int = setting(1000, minimum=10, maximum=100_000, zh="保留的回执数量", en="how many receipts are kept")
    kinship_timeout_s: float = setting(
        2.0, minimum=0.2, maximum=30.0, unit="s", zh="等待亲属登记查询的时间", en="longest wait for the register's answer"
    )
    heartbeat_every_s: float = setting(
        300.0, minimum=10.0, maximum=480.0, unit="s", zh="向服务器报告本机和设备状态的间隔", en="between two heartbeats"
    )


@dataclass(frozen=True)
class NetcheckSettings:
    """The way to the networked verification: the bank's own gateway."""

    gateway_url: str = setting(
        "", zh="联网核查网关地址；留空则不查询", en="address of the bank's gateway; empty: nobody is asked"
    )
    mapping_file: str = setting(
        "",
        zh="网关报文对照文件（TOML）；留空则按模拟服务的格式",
        en="how the gateway is asked, a TOML file; empty: as the sandbox is",
    )
    ca_file: str = setting(
        "",
        zh="签发网关证书的机构证书（PEM）；留空则用公共机构",
        en="certificates of who issued the gateway's, PEM; empty: public ones",
    )
    credential_header: str = setting(
        "", zh="携带凭据的报文头名称；留空则不带凭据", en="header that carries the credential; empty: there is none"
    )
    credential_place: str = setting(
        "keyring",
        choices=("keyring", "file"),
        zh="凭据存放处：系统密钥环，或仅本程序可读的文件",
        en="where the credential is kept: the system's keyring, or a file for this program only",
    )
    connect_timeout_s: float = setting(
        2.0, minimum=0.2, maximum=30.0, unit="s", zh="连接网关的时间上限", en="longest wait for a connection to the gateway"
    )
    answer_timeout_s: float = setting(
        8.0, minimum=0.5, maximum=120.0, unit="s", zh="等待核查结果的时间上限", en="longest wait for its answer"
    )


@dataclass(frozen=True)
class TrainingSettings:
    """Training pairs that tellers judge between customers; the bank supplies the pictures."""

    folder: str = setting(
        "", zh="训练图片文件夹（pairs.csv及图片）；留空则不训练", en="folder of training pairs (pairs.csv); empty: no training"
    )
    one_in: int = setting(
        20,
        minimum=1,
        maximum=1000,
        zh="平均每多少位办结的客户之后出一对",
        en="one pair after so many concluded customers, at random",
    )


@dataclass(frozen=True)
class RecentFacesSettings:
    """The search among faces of recent cases: ``days`` counts at the branch server, ``target_fmr`` at each station."""

    days: int = setting(
        0,
        minimum=0,
        maximum=30,
        unit="days",
        zh="网点服务器保留近期人脸以供检索的天数；0为不保留、不检索",
        en="how long the branch server keeps faces to search for a second identity; 0: it keeps none and searches none",
    )
    target_fmr: str = setting(
        "1e-5",
        choices=("1e-5", "1e-4"),
        zh="检索所用门槛的目标误识率；校准未给出时用下一档",
        en="target FMR of the threshold to search with; where a calibration does not state it, the next one",
    )


SECTIONS: Mapping[str, type] = {
    "pictures": PicturesSettings,
    "face": FaceSettings,
    "models": ModelsSettings,
    "logs": LogsSettings,
    "station": StationSettings,
    "consent": ConsentSettings,
    "capture": CaptureSettings,
    "devices": DevicesSettings,
    "documents": DocumentsSettings,
    "branch": BranchSettings,
    "branch_server": BranchServerSettings,
    "netcheck": NetcheckSettings,
    "training": TrainingSettings,
    "recent_faces": RecentFacesSettings,
    "sign_on": SignOnSettings,
    "provider": ProviderSettings,
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
    station: StationSettings
    consent: ConsentSettings
    capture: CaptureSettings
    devices: DevicesSettings
    documents: DocumentsSettings
    branch: BranchSettings
    branch_server: BranchServerSettings
    netcheck: NetcheckSettings
    training: TrainingSettings
    recent_faces: RecentFacesSettings
    sign_on: SignOnSettings
    provider: ProviderSettings
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


@cache
def tables() -> dict[str, type | None]:
    """Return the dataclass of every section and of every table within one, by key; None for a table of undeclared settings."""
    return {key: table for name, section in SECTIONS.items() for key, table in tables_of(name, section).items()}
