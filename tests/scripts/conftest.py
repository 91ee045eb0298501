"""The scripts are no installed package: their folder joins the search path, last, because it holds a `test.py`."""

import base64
import hashlib
import sys
import zipfile
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
if str(SCRIPTS) not in sys.path:
    sys.path.append(str(SCRIPTS))


class Wheels:
    """Writes small but complete wheels into a folder."""

    @staticmethod
    def make(folder: Path, name: str, version: str, tag: str = "py3-none-any") -> Path:
        """Write a wheel with one package of the distribution's name and one module."""
        info = f"{name}-{version}.dist-info"
        files = {
            f"{name}/__init__.py": f"VERSION = {version!r}\n",
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
            f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n",
        }
        record = f"{info}/RECORD,,\n"
        for path, text in files.items():
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
            record += f"{path},sha256={digest},{len(text.encode())}\n"
        folder.mkdir(parents=True, exist_ok=True)
        wheel = folder / f"{name}-{version}-{tag}.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            for path, text in {**files, f"{info}/RECORD": record}.items():
                archive.writestr(path, text)
        return wheel

    @staticmethod
    def lock_line(wheel: Path) -> str:
        """Return the lock file's lines for a wheel."""
        name, version = wheel.name.split("-")[:2]
        return f"{name}=={version} \\\n    --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


@pytest.fixture(scope="session")
def wheels() -> Wheels:
    """`wheels.make(folder, name, version, tag)` and `wheels.lock_line(wheel)`."""
    return Wheels()
