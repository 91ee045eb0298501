"""A program of its own: encrypts standard input with the passphrase in its first line (age, scrypt); see ``sealing``.

It imports nothing of ours, so that it runs in isolated mode.
"""

from __future__ import annotations

import sys

import pyrage

if __name__ == "__main__":
    passphrase = sys.stdin.buffer.readline().rstrip(b"\n").decode("ascii")
    sys.stdout.buffer.write(pyrage.passphrase.encrypt(sys.stdin.buffer.read(), passphrase))
