"""The address of an LLM endpoint in one spelling, without anything secret in it."""

from functools import lru_cache
from urllib.parse import urlsplit, urlunsplit

from tilth.errors import ConfigError

_DEFAULT_PORTS = {"http": 80, "https": 443}


@lru_cache(maxsize=256)
def normalise_endpoint(address: str) -> str:
    """The address without user, password, query, fragment, default port and trailing slash.

    Two spellings of one endpoint come out equal, and the result is safe to show. What is no URL, such as
    `recorded:<hash>`, comes back as it is.

    Raises:
        ConfigError: where a URL cannot be read. The message leaves the address out, it may hold a password.
    """
    if "://" not in address:
        return address
    try:
        parts = urlsplit(address.strip())
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as exc:
        raise ConfigError("the base URL of the LLM endpoint cannot be read: its host or port is malformed") from exc
    if ":" in host:
        host = f"[{host}]"
    scheme = parts.scheme.lower()
    if port is not None and port != _DEFAULT_PORTS.get(scheme):
        host = f"{host}:{port}"
    return urlunsplit((scheme, host, parts.path.rstrip("/"), "", ""))
