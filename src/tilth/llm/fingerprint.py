"""The name of a question: equal exactly where the answer may be taken over."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from tilth.llm.canonical import canonical_json, plain

_KEPT = 64


class _Heads:
    """Hashes of all that the questions of one run share, so that it is written out and hashed once.

    A schema is found by its identity and then compared with a copy of what stood in it: one that was changed in place
    since is hashed anew.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, int, str], tuple[Any, Any, str]] = {}

    def of(self, model: str, endpoint: str, schema: Mapping[str, Any] | None, sampling: Mapping[str, Any]) -> str:
        key = (model, endpoint, id(schema), repr(sampling))
        known = self._known.get(key)
        if known is not None and known[1] == schema:
            return known[2]
        if len(self._known) >= _KEPT:
            self._known.clear()
        parts = {"model": model, "endpoint": endpoint, "schema": schema, "sampling": sampling}
        digest = hashlib.sha256(canonical_json(parts).encode("ascii")).hexdigest()
        # The schema itself is held too, so that no other object can get its identity.
        self._known[key] = (schema, plain(schema), digest)
        return digest


_heads = _Heads()


def fingerprint_of(
    model: str,
    endpoint: str,
    schema: Mapping[str, Any] | None,
    sampling: Mapping[str, Any],
    turns: Sequence[tuple[str, str]],
    key: Sequence[str] = (),
) -> str:
    """SHA-256 (hex) over the head (model, endpoint, schema, sampling), the key, and each turn (role, content).

    Every part is preceded by its length in characters, so no two lists of parts look alike.
    """
    parts = [_heads.of(model, endpoint, schema, sampling), *(f"k{len(part)}:{part}" for part in key)]
    parts += [f"r{len(role)}:{role}c{len(content)}:{content}" for role, content in turns]
    return hashlib.sha256("".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
