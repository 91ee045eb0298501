"""The branch server's own settings; part of the list in ``settings.schema``."""

from __future__ import annotations

from dataclasses import dataclass

from teller_assist.settings.declaring import setting


@dataclass(frozen=True)
class BranchServerSettings:
    """The branch server's own; counts at its machine alone."""

    suite: str = setting(
        "international",
        choices=("international", "guomi"),
        zh="密码算法套件，首次启动前选定：international（Ed25519、age、SHA-256、AES-256-GCM）或guomi（SM2、SM3、SM4-GCM）",
        en="cryptographic suite, chosen before the first start: international, or guomi (SM2, SM3, SM4-GCM)",
    )
    heads_folder: str = setting(
        "",
        zh="签名链头的第二存放处：其他磁盘、共享文件夹或只写一次的介质；留空则没有",
        en="second place for signed heads: another disk, a share, a write-once medium; empty: there is none",
    )
    head_every_entries: int = setting(
        100, minimum=1, maximum=100_000, zh="每多少条审计记录存一次链头", en="a head is kept after so many audit entries"
    )
    head_every_minutes: float = setting(
        1.0, minimum=0.1, maximum=1440.0, unit="min", zh="或每隔多久存一次链头", en="or so long after the last one"
    )
    case_within_hours: float = setting(
        12.0, minimum=0.1, maximum=720.0, unit="h", zh="业务开始后多久个案未到即提示", en="a case so late is an alert"
    )
    station_silent_hours: float = setting(
        26.0,
        minimum=0.1,
        maximum=2400.0,
        unit="h",
        zh="柜台多久没有联系即提示；周末不开机的网点请设为74以上",
        en="a station that sent nothing for so long is an alert; 74 or more where it is off at weekends",
    )
