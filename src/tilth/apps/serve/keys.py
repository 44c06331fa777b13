"""API keys: random, shown once, stored as salted hashes.

A key holds 256 random bits, so that there is nothing to guess and a single SHA-256 is enough: slow hashes protect
passwords that people choose, and would cost more than scoring.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence

from tilth.apps.serve.config import KeyConfig, name_is_valid
from tilth.errors import ConfigError

PREFIX = "tilth_"


def new_key(name: str) -> tuple[str, KeyConfig]:
    """A key, and what the settings hold of it.

    Raises:
        ConfigError: the name is empty, too long, or holds what cannot be shown.
    """
    if not name_is_valid(name):
        raise ConfigError(f"{name!r} cannot name a key: 1 to 100 characters that can be shown, spaces only inside")
    key, salt = PREFIX + secrets.token_urlsafe(32), secrets.token_hex(16)
    return key, KeyConfig(name, f"sha256:{salt}:{_digest(salt, key)}")


def owner(given: str, keys: Sequence[KeyConfig]) -> str | None:
    """The name of the key that was given; None where it is none of them. A wrong one takes as long as a right one."""
    found: str | None = None
    for key in keys:
        _, salt, digest = key.hash.split(":")
        if hmac.compare_digest(_digest(salt, given), digest):
            found = key.name
    return found


def _digest(salt: str, key: str) -> str:
    return hashlib.sha256(f"{salt}{key}".encode()).hexdigest()
