"""The file that a vendor's old interpreter runs, and those beside it that plugins share."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from teller_assist.devices import channel, frame_memory, manifest, process

SDK = process.SDK_PATH
SHARED = tuple(SDK.with_name(f"teller_assist_{name}.py") for name in ("pcsc", "smartcard", "tlv"))
each_file = pytest.mark.parametrize("file", [SDK, *SHARED], ids=lambda path: path.stem)
ENCLOSURE = SDK.parents[2] / "processes" / "enclosure.py"
# Every module stands in the standard library of 3.8 with the names used here.
ALLOWED = {
    "__future__", "base64", "collections", "contextlib", "faulthandler", "hashlib", "importlib", "json", "mmap", "os", "queue",
    "shutil", "struct", "sys", "threading", "time", "traceback", "typing",
}  # fmt: skip


@each_file
def test_its_syntax_is_python_3_8(file: Path) -> None:
    ast.parse(file.read_text(encoding="utf-8"), feature_version=(3, 8))


@each_file
def test_it_imports_the_standard_library_and_its_siblings_only(file: Path) -> None:
    siblings = {path.stem for path in (SDK, *SHARED)} if file != SDK else set()
    driver = {"smartcard"} if file.stem == "teller_assist_pcsc" else set()
    imported = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported.add(str(node.module).split(".")[0])
    assert imported <= ALLOWED | siblings | driver


@each_file
def test_its_runtime_expressions_use_no_newer_generics(file: Path) -> None:
    """Annotations are never evaluated there, type aliases are: ``tuple[int]`` and ``X | Y`` would fail before 3.9 and 3.10."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    aliases = [node for node in tree.body if isinstance(node, ast.Assign)]
    for alias in aliases:
        for node in ast.walk(alias.value):
            assert not (
                isinstance(node, ast.Subscript)
                and isinstance(node.value, ast.Name)
                and node.value.id in {"dict", "list", "tuple"}
            )
            assert not isinstance(node, ast.BinOp | ast.NamedExpr)


def test_nothing_else_lies_in_its_folder() -> None:
    assert {path for path in SDK.parent.iterdir() if path.name != "__pycache__"} == {SDK, *SHARED}


def test_both_sides_agree_on_the_protocol() -> None:
    sdk = {node.targets[0].id: node.value for node in ast.parse(SDK.read_text(encoding="utf-8")).body
           if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)}  # fmt: skip
    assert ast.literal_eval(sdk["API"]) == manifest.API
    assert ast.literal_eval(sdk["SLOT_HEADER_BYTES"]) == frame_memory.SLOT_HEADER_BYTES
    assert set(ast.literal_eval(sdk["PROBLEM_CODES"])) == set(channel._PROBLEMS)


@pytest.mark.parametrize("closed_at", ["before_hello", "after_hello", "while_open"])
def test_it_ends_by_itself_and_wipes_its_folder_when_the_host_is_gone(closed_at: str, tmp_path: Path) -> None:
    stand_in = Path(__file__).parents[2] / "stand_ins" / "plugins" / "willing"
    working = tmp_path / "working"
    working.mkdir()
    (working / "left_over.bmp").write_bytes(b"BM")
    start = {
        "folder": str(stand_in), "entry": "main.py", "kind": "id_card_reader", "frame_memory": None,
        "working_folder": str(working), "time_limits_s": {}, "settings": {"greeting": "hello", "card_after_s": 0.0},
    }  # fmt: skip
    lines = [{"id": 1, "op": "hello", "args": start}, {"id": 2, "op": "open", "args": {}}, {"id": 3, "op": "read", "args": {}}]
    sent = {"before_hello": 0, "after_hello": 1, "while_open": 3}[closed_at]
    done = subprocess.run(
        [sys.executable, "-I", "-B", ENCLOSURE, "processes", str(SDK)],
        input="".join(json.dumps(line) + "\n" for line in lines[:sent]).encode(),
        capture_output=True,
        timeout=10,
        check=False,
        cwd=working,
    )
    assert done.stderr == b""
    assert done.returncode == 0
    assert working.exists() is (closed_at == "before_hello")


def test_a_plugin_sees_the_sdk_as_one_module_and_no_sibling(tmp_path: Path) -> None:
    (tmp_path / "sibling").mkdir()
    (tmp_path / "sibling" / "__init__.py").touch()
    plugin = tmp_path / "alone"
    plugin.mkdir()
    (plugin / "main.py").write_text(
        "import sys, importlib.util, teller_assist_sdk\n"
        "import teller_assist_tlv, teller_assist_smartcard, teller_assist_pcsc\n"
        "assert 'smartcard' not in sys.modules\n"
        "assert teller_assist_pcsc.DeviceProblem is teller_assist_sdk.DeviceProblem\n"
        "assert teller_assist_sdk is sys.modules['__main__']\n"
        "assert importlib.util.find_spec('sibling') is None\n"
        "assert importlib.util.find_spec('main') is None\n"
        "class Reader(teller_assist_sdk.IdCardReader):\n    pass\n"
        "DEVICES = {'id_card_reader': Reader}\n",
        encoding="utf-8",
    )
    start: dict[str, object] = {
        "folder": str(plugin),
        "entry": "main.py",
        "kind": "id_card_reader",
        "frame_memory": None,
        "settings": {},
        "time_limits_s": {},
        "working_folder": str(tmp_path / "none"),
    }
    asked = [
        {"id": 1, "op": "hello", "args": start},
        {"id": 2, "op": "open"},
        {"id": 3, "op": "find_card"},
        {"id": 4, "op": "shutdown"},
    ]
    done = subprocess.run(
        [sys.executable, "-I", "-B", ENCLOSURE, "processes", str(SDK)],
        input="".join(json.dumps(line) + "\n" for line in asked).encode(),
        capture_output=True,
        timeout=10,
        check=False,
    )
    _, opened, found, ended = (json.loads(line) for line in done.stdout.splitlines())
    assert (opened["ok"], ended["ok"]) == (True, True)
    assert found["error"]["hint"].startswith("NotImplementedError at teller_assist_sdk.py:")
