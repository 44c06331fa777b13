"""What is asked: messages, the schema of the answer, and everything else that can change it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tilth.llm.endpoint import normalise_endpoint


@dataclass(frozen=True)
class Message:
    """One turn of a conversation; `role` is system, user or assistant."""

    role: str
    content: str


@dataclass(frozen=True)
class Request:
    """One question to one model.

    `schema` is the JSON schema of the answer (None: free text), `sampling` what goes on the wire beside it
    (temperature, max_tokens, seed ...), `endpoint` the base URL or `recorded:<hash>`, kept without credentials,
    query and trailing slash. `key` names what is asked about, such as (context_id, item_id).
    """

    model: str
    messages: tuple[Message, ...]
    schema: Mapping[str, Any] | None = None
    schema_name: str = "answer"
    sampling: Mapping[str, Any] = field(default_factory=dict[str, Any])
    endpoint: str = ""
    key: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "endpoint", normalise_endpoint(self.endpoint))

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 (hex) over everything that can change the answer, and nothing else.

        That is messages, schema, model, sampling and endpoint; not the key, not the order of keys in a mapping, and
        not whether a whole number is written 0 or 0.0. One exception: recorded answers are looked up by key, so
        there the key does change the answer and is part of the hash.
        """
        parts: dict[str, Any] = {
            "messages": [[message.role, message.content] for message in self.messages],
            "schema": self.schema,
            "model": self.model,
            "sampling": self.sampling,
            "endpoint": self.endpoint,
        }
        if self.endpoint.startswith("recorded:"):
            parts["key"] = list(self.key)
        return hashlib.sha256(canonical_json(parts).encode("ascii")).hexdigest()


def canonical_json(value: Any) -> str:
    """One spelling for equal values: keys sorted, no spaces, ASCII only, whole floats as integers.

    Raises:
        ValueError: for NaN and infinities, which JSON does not have.
    """
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
