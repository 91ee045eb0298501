"""A sign-in provider on loopback that really signs tokens, and does wrong what a test tells it to."""

from __future__ import annotations

import base64
import datetime
import hashlib
import http.server
import ipaddress
import json
import secrets
import ssl
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

CLIENT_ID, SECRET = "teller-assist", "what-only-the-two-know"


class Provider:
    """Vouches for ``login`` to everybody who asks, as a provider does whose user is logged in already.

    Attributes
    ----------
    changed
        Claims that differ in the next tokens; None leaves one out.
    header
        Of the tokens, where it is to differ: {"kid": "another"}.
    fault
        "alg_none", "shared_secret", "other_key", "no_token", "no_json", "error", "issuer" or "".
    seen
        The forms that were sent for a token.
    """

    def __init__(self, tls: tuple[Path, Path] | None = None) -> None:
        self._key = rsa.generate_private_key(65537, 2048)
        self.changed: dict[str, Any] = {}
        self.header: dict[str, str] = {}
        self.fault, self.login = "", "wang"
        self.methods = ["client_secret_basic"]
        self.seen: list[dict[str, str]] = []
        self._codes: dict[str, dict[str, str]] = {}
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.get(self)

            def do_POST(self) -> None:
                outer.post(self)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = False
        self._scheme = "http"
        if tls is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
            self._scheme = "https"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="provider")
        self._thread.start()

    @property
    def issuer(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def get(self, asked: http.server.BaseHTTPRequestHandler) -> None:
        parts = urlsplit(asked.path)
        if parts.path == "/.well-known/openid-configuration":
            self._answer(asked, self._description())
        elif parts.path == "/keys":
            self._answer(asked, {"keys": [self._public()]})
        elif parts.path == "/authorize":
            fields = {name: values[0] for name, values in parse_qs(parts.query).items()}
            code = secrets.token_urlsafe(12)
            self._codes[code] = fields
            asked.send_response(303)
            asked.send_header("Location", f"{fields['redirect_uri']}?{urlencode({'code': code, 'state': fields['state']})}")
            asked.end_headers()

    def post(self, asked: http.server.BaseHTTPRequestHandler) -> None:
        body = asked.rfile.read(int(asked.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self.seen.append(form)
        begun = self._codes.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=")
        basic = base64.b64encode(f"{CLIENT_ID}:{SECRET}".encode()).decode()
        proved = asked.headers.get("Authorization") == f"Basic {basic}" or form.get("client_secret") == SECRET
        if self.fault == "error" or begun is None or begun["code_challenge"] != challenge.decode() or not proved:
            self._answer(asked, {"error": "invalid_grant"}, 400)
        elif self.fault == "no_json":
            self._send(asked, b"<html>", 200)
        elif self.fault == "no_token":
            self._answer(asked, {"access_token": "x"})
        else:
            self._answer(asked, {"access_token": "x", "token_type": "Bearer", "id_token": self._token(begun)})

    def _token(self, begun: dict[str, str]) -> str:
        now = int(time.time())
        usual = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": "0001",
            "iat": now,
            "exp": now + 300,
            "nonce": begun["nonce"],
            "preferred_username": self.login,
        }
        claims = {name: value for name, value in {**usual, **self.changed}.items() if value is not None}
        header = {"kid": "one", **self.header}
        if self.fault == "alg_none":
            return jwt.encode(claims, "", "none", headers=header)
        if self.fault == "shared_secret":
            return jwt.encode(claims, SECRET * 2, "HS256", headers=header)
        key = rsa.generate_private_key(65537, 2048) if self.fault == "other_key" else self._key
        return jwt.encode(claims, key, "RS256", headers=header)

    def _description(self) -> dict[str, Any]:
        return {
            "issuer": "https://another.example" if self.fault == "issuer" else self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": "http://192.0.2.1/token" if self.fault == "plain_endpoint" else f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": self.methods,
        }

    def _public(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key()))
        return {**told, "kid": "one", "use": "sig", "alg": "RS256"}

    def _answer(self, asked: http.server.BaseHTTPRequestHandler, body: dict[str, Any], status: int = 200) -> None:
        self._send(asked, json.dumps(body).encode(), status)

    def _send(self, asked: http.server.BaseHTTPRequestHandler, body: bytes, status: int) -> None:
        asked.send_response(status)
        asked.send_header("Content-Type", "application/json")
        asked.send_header("Content-Length", str(len(body)))
        asked.end_headers()
        asked.wfile.write(body)


def made_up_certificate(folder: Path) -> tuple[Path, Path]:
    """Return a certificate of our own for 127.0.0.1 and its key, which nobody else trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "made up")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, key_file = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, key_file
