"""What is asked: messages, the schema of the answer, and everything else that can change it."""

from collections.abc import Mapping
from typing import Any

import msgspec

from tilth.llm.endpoint import normalise_endpoint
from tilth.llm.fingerprint import fingerprint_of


class Message(msgspec.Struct, frozen=True):
    """One turn of a conversation; `role` is system, user or assistant."""

    role: str
    content: str


class Request(msgspec.Struct, frozen=True, dict=True):
    """One question to one model.

    `schema` is the JSON schema of the answer (None: free text), `sampling` what goes on the wire beside it
    (temperature, max_tokens, seed ...), `endpoint` the base URL or `recorded:<hash>`, kept without credentials,
    query and trailing slash. `key` names what is asked about, such as (context_id, item_id).
    """

    model: str
    messages: tuple[Message, ...]
    schema: Mapping[str, Any] | None = None
    schema_name: str = "answer"
    sampling: Mapping[str, Any] = {}
    endpoint: str = ""
    key: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "endpoint", normalise_endpoint(self.endpoint))

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) over everything that can change the answer, and nothing else.

        That is messages, schema, model, sampling and endpoint; not the key, not the order of keys in a mapping, and
        not whether a whole number is written 0 or 0.0. One exception: recorded answers are looked up by key, so
        there the key does change the answer and is part of the hash.
        """
        known: str | None = self.__dict__.get("_fingerprint")  # a plain look-up: `cached_property` takes a lock
        if known is not None:
            return known
        key = self.key if self.endpoint.startswith("recorded:") else ()
        turns = [(message.role, message.content) for message in self.messages]
        found = fingerprint_of(self.model, self.endpoint, self.schema, self.sampling, turns, key)
        msgspec.structs.force_setattr(self, "_fingerprint", found)
        return found

    def prompt_bytes(self) -> int:
        """Size of the messages in UTF-8."""
        return sum(len(message.content.encode("utf-8", "surrogatepass")) for message in self.messages)
