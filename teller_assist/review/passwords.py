"""Which passwords may be used, and those that are given out."""

from __future__ import annotations

import secrets

from teller_assist.errors import PasswordError

SHORTEST = 10
LONGEST = 1024  # hashing a longer one would only cost time
_OF_SHIFT = "abcdefghijkmnpqrstuvwxyz23456789"  # read out and typed: nothing that looks like something else
_GROUPS, _GROUP = 4, 4

# The heads of the published lists that are long enough to pass otherwise, and what people at a bank's counter think of.
_WORST = frozenset(
    {
        "1234567890",
        "0123456789",
        "0987654321",
        "9876543210",
        "12345678910",
        "123456789a",
        "123456789q",
        "a123456789",
        "1q2w3e4r5t",
        "1qaz2wsx3edc",
        "qwertyuiop",
        "qwerty12345",
        "qwerty123456",
        "password12",
        "password123",
        "password1234",
        "passw0rd123",
        "p@ssw0rd123",
        "iloveyou123",
        "woaini1314",
        "woaini520520",
        "woaini1314520",
        "admin12345",
        "admin123456",
        "administrator",
        "teller12345",
        "manager123",
        "welcome123",
        "letmein123",
        "abc1234567",
        "abcd123456",
        "5201314520",
        "changeme123",
        "bank123456",
    }
)


def check_password(login: str, password: str) -> None:
    """Hold a new password against the rules.

    Raises
    ------
    PasswordError
        "password_too_short", or "password_too_easy": one character again and again, the login, or one of the worst there are.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise PasswordError("password_too_short")
    plain = password.casefold()
    if len(set(plain)) < 3 or plain in _WORST or _is_login_dressed_up(plain, login.casefold()):
        raise PasswordError("password_too_easy")


def _is_login_dressed_up(plain: str, login: str) -> bool:
    return login in plain and not plain.replace(login, "").strip("0123456789._-!@#") if login else False


def one_time_password() -> str:
    """Return a password to give out, in groups; whoever gets it changes it at the first login."""
    groups = ("".join(secrets.choice(_OF_SHIFT) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)
