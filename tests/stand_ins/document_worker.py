"""A document worker that speaks the protocol and misbehaves as it is told; run by path, like the real one.

At its start the engine's name tells how: "sound", "never_ready", "ends_at_start", "odd_hello". A picture tells by its first
pixel's blue: one of the numbers below. What it reads is the picture's size, as text.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

READS, HANGS, ENDS, TALKS_NONSENSE, FLOODS, GROWS, FAILS, ENDS_AFTERWARDS, LIES, TELLS_ITS_PLACE, REACHES_OUT = range(11)
FLOOD_BYTES = 4_000_000
GROWN_MB = 5_000.0


def main() -> None:
    start = json.loads(sys.stdin.buffer.readline())
    if start["engine"] == "never_ready":
        time.sleep(60)
    if start["engine"] == "ends_at_start":
        return
    hello: dict[str, Any] = {"engine": "stand-in 1", "network_denied_by": ["guard"], "rss_mb": 10.0, "denied": {}}
    if start["engine"] == "odd_hello":
        del hello["denied"]
    models = names_in(start["models"])
    answer(hello)
    while line := sys.stdin.buffer.readline():
        request = json.loads(line)
        pixels = sys.stdin.buffer.read(request["width"] * request["height"] * 3)
        behave(pixels[0], request, {"models": models, "start": start})


def behave(how: int, request: dict[str, Any], known: dict[str, Any]) -> None:
    reading = {"id": request["id"], "lines": [line_of(f"{request['width']}x{request['height']}")], "problem": ""}
    reading |= {"rss_mb": 10.0, "denied": {"socket.connect": 1} if how == REACHES_OUT else {}}
    if how == HANGS:
        time.sleep(60)
    if how == ENDS:
        os._exit(3)
    if how == TALKS_NONSENSE:
        reading = {"text": "nonsense"}
    if how == FLOODS:
        os.write(2, b"secret " * (FLOOD_BYTES // 7))
        sys.stdout.flush()
    if how == GROWS:
        reading["rss_mb"] = GROWN_MB
    if how == FAILS:
        reading |= {"lines": [], "problem": "RuntimeError"}
    if how == LIES:
        reading["id"] = request["id"] - 1
    if how == TELLS_ITS_PLACE:
        reading["lines"] = [line_of(json.dumps(place(known)))]
    answer(reading)
    if how == ENDS_AFTERWARDS:
        os._exit(3)


def line_of(text: str) -> dict[str, Any]:
    return {"text": text, "characters": [0.5] * len(text), "corners": [[0, 0], [9, 0], [9, 9], [0, 9]]}


def place(known: dict[str, Any]) -> dict[str, Any]:
    """Tell what the process was given."""
    return {
        "pid": os.getpid(),
        "environment": dict(os.environ),
        "descriptors": sorted(map(int, names_in("/proc/self/fd"))),
        "folder": str(Path.cwd()),
        "home": names_in(os.environ["HOME"]),
        "models_at_start": known["models"],
        "models_now": Path(known["start"]["models"]).exists(),
        "start": {name: value for name, value in known["start"].items() if name != "models"},
        "flags": [sys.flags.isolated, sys.flags.dont_write_bytecode],
    }


def names_in(folder: str) -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


def answer(message: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(message).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
