from __future__ import annotations

import contextlib
import datetime
import http.server
import ipaddress
import os
import ssl
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from teller_assist.errors import ModelSourceError
from teller_assist.model_files.manifest import FolderSource, HttpsSource, ModelEntry, Source, WheelSource
from teller_assist.model_files.sources import FetchMeans, read_source

MEMBER = "made_up/models/made_up_int8bq.onnx"
WHEEL = WheelSource("made-up-models", "1.0", MEMBER)
WheelIndex = Callable[..., Path]


def _why(entry: ModelEntry, source: Source, means: FetchMeans) -> str:
    with pytest.raises(ModelSourceError) as caught:
        read_source(entry, source, means)
    assert caught.value.facts["model"] == "made-up-1"
    return str(caught.value.facts["why"])


# --- folder -----------------------------------------------------------------------------------------------------------


def test_a_folder_gives_the_published_file(entry: ModelEntry, published: bytes, means: FetchMeans, tmp_path: Path) -> None:
    (tmp_path / entry.source_file).write_bytes(published)
    assert read_source(entry, FolderSource(), replace(means, model_folder=tmp_path)) == published


def test_a_folder_prefers_the_file_that_runs(entry: ModelEntry, published: bytes, means: FetchMeans, tmp_path: Path) -> None:
    (tmp_path / entry.source_file).write_bytes(published)
    (tmp_path / entry.file).write_bytes(b"prepared")
    assert read_source(entry, FolderSource(), replace(means, model_folder=tmp_path)) == b"prepared"


def test_a_folder_that_was_not_named_or_lacks_the_file_says_so(entry: ModelEntry, means: FetchMeans, tmp_path: Path) -> None:
    assert _why(entry, FolderSource(), means) == "not_set"
    assert _why(entry, FolderSource(), replace(means, model_folder=tmp_path)) == "not_there"
    assert _why(entry, FolderSource(), replace(means, model_folder=tmp_path / "no_stick")) == "not_there"


def test_a_pipe_in_the_folder_is_not_waited_for(entry: ModelEntry, means: FetchMeans, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / entry.source_file)
    assert _why(entry, FolderSource(), replace(means, model_folder=tmp_path)) == "not_there"


def test_a_larger_file_in_the_folder_is_not_read_whole(entry: ModelEntry, means: FetchMeans, tmp_path: Path) -> None:
    with (tmp_path / entry.source_file).open("wb") as file:
        file.truncate(50_000_000_000)
    started = time.monotonic()
    assert _why(entry, FolderSource(), replace(means, model_folder=tmp_path)) == "too_large"
    assert time.monotonic() - started < 1


# --- wheel ------------------------------------------------------------------------------------------------------------


@pytest.mark.full
def test_a_wheel_of_the_index_gives_its_member(
    entry: ModelEntry, published: bytes, means: FetchMeans, wheel_index: WheelIndex
) -> None:
    wheel_index([(MEMBER, published)])
    assert read_source(entry, WHEEL, means) == published


@pytest.mark.full
def test_two_models_of_one_wheel_load_it_once(
    entry: ModelEntry, published: bytes, means: FetchMeans, wheel_index: WheelIndex
) -> None:
    wheel = wheel_index([(MEMBER, published), ("made_up/other.onnx", b"other")])
    read_source(entry, WHEEL, means)
    wheel.unlink()
    assert read_source(entry, replace(WHEEL, member="made_up/other.onnx"), means) == b"other"


@pytest.mark.full
def test_a_wheel_that_the_index_does_not_have_fails_and_is_not_asked_for_again(
    entry: ModelEntry, means: FetchMeans, wheel_index: WheelIndex
) -> None:
    assert _why(entry, WHEEL, means) == "pip_failed"
    started = time.monotonic()
    assert _why(entry, WHEEL, means) == "pip_failed"
    assert time.monotonic() - started < 0.1


def test_pip_is_given_up_after_its_time(entry: ModelEntry, means: FetchMeans, wheel_index: WheelIndex) -> None:
    assert _why(entry, WHEEL, replace(means, total_timeout_s=0.01)) == "timeout"


def _link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(MEMBER)
    info.external_attr = 0o120777 << 16
    return info


@pytest.mark.full
@pytest.mark.parametrize(
    ("members", "why"),
    [
        ([("made_up/models/another.onnx", b"x")], "member_missing"),
        ([("../" + MEMBER, b"x"), ("/" + MEMBER, b"x"), (MEMBER.replace("/", "\\"), b"x")], "member_missing"),
        ([(_link(), b"/etc/passwd")], "member_is_a_link"),
        ([(MEMBER, bytes(30_000_000))], "too_large"),
    ],
    ids=["another_name", "names_that_lead_out", "symbolic_link", "bomb"],
)
def test_tricks_of_an_archive_are_refused(
    entry: ModelEntry, means: FetchMeans, wheel_index: WheelIndex, members: list[tuple[str, bytes]], why: str
) -> None:
    wheel_index(members)
    assert _why(entry, WHEEL, means) == why
    left = [path.name for path in means.scratch.rglob("*") if path.is_file()]
    assert left == ["made_up_models-1.0-py3-none-any.whl"], "nothing is unpacked"


@pytest.mark.full
def test_a_name_that_stands_twice_is_refused(
    entry: ModelEntry, published: bytes, means: FetchMeans, wheel_index: WheelIndex
) -> None:
    """Readers differ in which of the two they take."""
    with pytest.warns(UserWarning, match="Duplicate name"):
        wheel_index([(MEMBER, published), (MEMBER, b"x")])
    assert _why(entry, WHEEL, means) == "member_twice"


@pytest.mark.full
def test_a_size_that_the_archive_lies_about_does_not_help(entry: ModelEntry, means: FetchMeans, wheel_index: WheelIndex) -> None:
    """The directory says 10 bytes; the stream holds a million."""
    wheel = wheel_index([(MEMBER, bytes(1_000_000))])
    true_size, stated = (1_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little")
    wheel.write_bytes(wheel.read_bytes().replace(true_size, stated))
    assert _why(entry, WHEEL, means) in ("archive_damaged", "too_large")


def test_a_damaged_archive_is_refused(entry: ModelEntry, published: bytes, means: FetchMeans, wheel_index: WheelIndex) -> None:
    wheel = wheel_index([(MEMBER, published)])
    data = bytearray(wheel.read_bytes())
    data[60:90] = bytes(30)
    folder = means.scratch / "made-up-models-1.0"
    folder.mkdir(parents=True)
    (folder / wheel.name).write_bytes(data)
    assert _why(entry, WHEEL, means) == "archive_damaged"
    (folder / wheel.name).write_bytes(b"not a zip file")
    assert _why(entry, WHEEL, means) == "archive_damaged"


# --- https ------------------------------------------------------------------------------------------------------------


class _Site(http.server.BaseHTTPRequestHandler):
    """Answers by path: /good, /redirect (to plain http), /endless, /slow, /gone."""

    good = b""
    closing = threading.Event()

    def do_GET(self) -> None:
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:9/good")
            self.end_headers()
            return
        self.send_response({"/gone": 404}.get(self.path, 200))
        self.end_headers()
        with contextlib.suppress(OSError):
            self._body()

    def _body(self) -> None:
        if self.path == "/good":
            self.wfile.write(self.good)
        if self.path == "/slow":
            self.closing.wait(5)
        while self.path == "/endless":
            self.wfile.write(bytes(65536))

    def log_message(self, format: str, *args: object) -> None:
        return


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "made up")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
    builder = builder.add_extension(address, critical=False).add_extension(x509.BasicConstraints(True, None), critical=True)
    certificate = builder.sign(key, hashes.SHA256())
    certificate_path, key_path = folder / "certificate.pem", folder / "key.pem"
    certificate_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    key_path.write_bytes(key.private_bytes(*form))
    return certificate_path, key_path


@pytest.fixture
def site(tmp_path: Path, published: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A real https server on this machine whose certificate this process trusts."""
    certificate, key = _certificate(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    monkeypatch.setattr(_Site, "good", published)
    monkeypatch.setattr(_Site, "closing", threading.Event())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    server.daemon_threads = False  # so that closing the server waits for its threads
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *args: None  # type: ignore[method-assign]  # clients hang up on purpose here
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, name="made up site")
    thread.start()
    yield f"https://127.0.0.1:{server.server_address[1]}"
    _Site.closing.set()
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_https_address_gives_the_file(entry: ModelEntry, published: bytes, means: FetchMeans, site: str) -> None:
    assert read_source(entry, HttpsSource(f"{site}/good"), means) == published


@pytest.mark.parametrize(
    ("path", "why"),
    [("/redirect", "not_https"), ("/endless", "too_large"), ("/slow", "timeout"), ("/gone", "status_404")],
)
def test_what_is_wrong_with_an_address_is_told_apart(
    entry: ModelEntry, means: FetchMeans, site: str, path: str, why: str
) -> None:
    quick = replace(means, read_timeout_s=0.5)
    assert _why(entry, HttpsSource(f"{site}{path}"), quick) == why


def test_a_certificate_that_nobody_vouches_for_is_refused(
    entry: ModelEntry, means: FetchMeans, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    assert _why(entry, HttpsSource(f"{site}/good"), means) == "certificate_refused"


def test_plain_http_is_refused_even_if_a_manifest_got_it_past_the_reader(entry: ModelEntry, means: FetchMeans) -> None:
    assert _why(entry, HttpsSource("http://127.0.0.1:9/good"), means) == "not_https"


def test_a_machine_without_a_network_learns_so_at_once(entry: ModelEntry, means: FetchMeans) -> None:
    """Port 9 of this machine answers nobody; a name that no server knows ends the same way."""
    started = time.monotonic()
    assert _why(entry, HttpsSource("https://127.0.0.1:9/good"), means) == "unreachable"
    assert time.monotonic() - started < 2
