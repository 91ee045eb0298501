"""How much memory a process had at most."""

from __future__ import annotations

from pathlib import Path


def peak_memory_mb(process: str = "self") -> float:
    """Return the peak of one process on Linux, in MB (2^20 bytes).

    Not ``getrusage``: after a fork that counts the parent's memory as well, also when another program was started since.

    Parameters
    ----------
    process
        Its number, or "self".

    Raises
    ------
    OSError
        There is no such process.
    """
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
