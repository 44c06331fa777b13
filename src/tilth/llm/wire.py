"""The address of an endpoint, what opens it, and what may be shown of it: shared by all who speak HTTP."""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime

from yarl import URL

from tilth.errors import ConfigError, TransportError
from tilth.llm.endpoint import normalise_endpoint
from tilth.llm.limits.headers import read_limits, read_retry_after
from tilth.llm.text import shorten

_RETRYABLE_4XX = frozenset({408, 409, 425, 429})
_NOT_IMPLEMENTED = 501
_SHOWN_CHARS = 300


class Wire:
    """Where to send, and with which headers; its `repr` and all that it shows are free of secrets.

    The key is sent as a bearer token; user and password in the URL are sent as basic authentication where there is no
    key, a query is sent along.

    Raises:
        ConfigError: the base URL is no http(s) URL, or the key cannot be sent in a header.
    """

    def __init__(self, base_url: str, *, api_key: str | None) -> None:
        self.endpoint = normalise_endpoint(base_url)
        self._base, self._query, basic = _target(base_url, self.endpoint)
        key = _checked_key(api_key)
        self._secret = key or basic
        self.headers = {"Accept": "application/json"}
        if self._secret:
            self.headers["Authorization"] = f"Bearer {key}" if key else f"Basic {basic}"

    def __repr__(self) -> str:
        return f"Wire({self.endpoint!r})"

    def url(self, *parts: str, query: Mapping[str, str] | None = None) -> URL:
        """The address of something below the base URL."""
        address = self._base
        for part in parts:
            address /= part
        return address.with_query(self._query).update_query(query or {})

    def shown(self, text: str) -> str:
        """What a server said, fit for a message."""
        # Servers like to quote the key they refuse. It goes before the text is cut, so that no half of it stays.
        if self._secret:
            text = text.replace(self._secret, "***")
        return shorten(" ".join(text.split()), _SHOWN_CHARS)

    def failure(self, status: int, headers: Mapping[str, str], body: bytes) -> TransportError:
        """The error for a reply that is not 200; `body` is the start of what came."""
        said = self.shown(body.decode("utf-8", "replace"))
        if 300 <= status < 400:
            said = "it redirects; set the base URL to the final address"
        now = datetime.now(UTC)
        return TransportError(
            f"{self.endpoint}: HTTP {status}: {said or '(no message)'}",
            status=status,
            retry_after=read_retry_after(headers, now=now),
            limits=read_limits(headers, now=now),
            retryable=status in _RETRYABLE_4XX or (status >= 500 and status != _NOT_IMPLEMENTED),
        )


def _target(base_url: str, endpoint: str) -> tuple[URL, Mapping[str, str], str]:
    """The base without user, password and query; the query; user and password as basic credentials ("" if none)."""
    try:
        base = URL(base_url.strip())
    except ValueError as exc:
        raise ConfigError("the base URL of the LLM endpoint cannot be read") from exc
    if base.scheme not in ("http", "https") or not base.host:
        raise ConfigError(f"base URL '{endpoint}' is not an http(s) URL\n  hint: such as http://localhost:8000/v1")
    basic = base64.b64encode(f"{base.user}:{base.password or ''}".encode()).decode() if base.user else ""
    return base.with_user(None).with_fragment(None).with_query(None), base.query, basic


def _checked_key(api_key: str | None) -> str:
    key = (api_key or "").strip()
    if not (key.isascii() and key.isprintable()):
        raise ConfigError("the API key holds characters that no header can carry\n  hint: was it copied in full?")
    return key
