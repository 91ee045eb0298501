"""Settings about reading documents; part of the list in ``settings.schema``."""

from __future__ import annotations

from dataclasses import dataclass

from teller_assist.settings.declaring import setting


@dataclass(frozen=True)
class DocumentsSettings:
    """The process that reads the text of documents."""

    engine: str = setting("paddleocr", choices=("paddleocr", "rapidocr"), zh="文字识别引擎", en="what recognises text")
    interpreter: str = setting(
        "",
        zh="证件识读环境的Python程序；留空则为安装文件夹下的.venv-documents",
        en="Python of the documents environment; empty: the one in .venv-documents beside the installation",
    )
    threads: int = setting(2, minimum=1, maximum=8, zh="识读时使用的线程数", en="threads that read")
    start_limit_s: float = setting(
        60.0, minimum=5.0, maximum=300.0, unit="s", zh="识读程序启动的时间上限", en="longest start of the program that reads"
    )
    read_limit_s: float = setting(
        10.0,
        minimum=1.0,
        maximum=60.0,
        unit="s",
        zh="识读一张图像的时间上限，超过即终止并重启识读程序",
        en="longest reading of one picture, after which the program is killed and started anew",
    )
    memory_mb: float = setting(
        1200.0,
        minimum=500.0,
        maximum=8000.0,
        unit="MB",
        zh="识读程序的内存上限，超过即在读完后重启",
        en="memory of the program above which it is started anew after its answer",
    )
