"""A query -> what it asks for."""

import time

from tilth.apps.serve.understand.artifact import Understands
from tilth.artifacts.speller import Correction
from tilth.client.messages import (
    Corrected,
    CorrectedPart,
    QueryCategory,
    QueryExpansion,
    UnderstandReply,
    UnderstandRequest,
)


def answer_understand(
    loaded: Understands, asked: UnderstandRequest, request_id: str, until: float | None
) -> UnderstandReply:
    """Correct the query, then say what it asks for; `until` is the `time.perf_counter()` after which what is left stays
    out."""
    correction = None if loaded.speller is None or _passed(until) else loaded.speller.correct(asked.q)
    text = asked.q if correction is None else correction.text
    corrected = _corrected(correction) if correction is not None and correction.changed else None
    if _passed(until):
        return UnderstandReply(request_id, asked.q, text, corrected, None, {}, [], None, True, loaded.versions)
    found = loaded.understander.understand(text)
    category = found.category and QueryCategory(found.category.name, found.category.p, found.category.source)
    expansions = [
        QueryExpansion(one.text, one.weight, one.kind, one.field, one.rule_id, one.provenance)
        for one in found.expansions
    ]
    return UnderstandReply(
        request_id,
        asked.q,
        text,
        corrected,
        category,
        found.attributes,
        expansions,
        found.source,
        late=False,
        versions=loaded.versions,
    )


def _corrected(correction: Correction) -> Corrected:
    parts = [CorrectedPart(one.start, one.end, one.was, one.text, one.reason) for one in correction.changes]
    return Corrected(correction.text, correction.confidence, parts)


def _passed(until: float | None) -> bool:
    return until is not None and time.perf_counter() >= until
