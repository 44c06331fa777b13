"""The audit sample: decisions drawn at random, with the texts that a person needs to judge them."""

import random

import pyarrow as pa

from tilth.apps.serve.decisions import named
from tilth.apps.serve.files import RotatedParquet
from tilth.apps.serve.guards import GUARDS
from tilth.apps.serve.scoring import SCORED, STATUSES
from tilth.apps.serve.service import Answered
from tilth.artifacts import StoredSide
from tilth.client.messages import Entity, Offered

SCHEMA = pa.schema(
    [
        pa.field("at", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("request_id", pa.string(), nullable=False),
        pa.field("context_id", pa.string()),
        pa.field("item_id", pa.string()),
        pa.field("weight", pa.float64(), nullable=False),
        pa.field("context_title", pa.string()),
        pa.field("context_text", pa.string()),
        pa.field("item_title", pa.string()),
        pa.field("item_text", pa.string()),
        pa.field("p", pa.float64(), nullable=False),
        pa.field("would_drop", pa.bool_(), nullable=False),
        pa.field("keep", pa.bool_(), nullable=False),
        pa.field("status", pa.string(), nullable=False),
        pa.field("guard", pa.string()),
        pa.field("mode", pa.string(), nullable=False),
        pa.field("artifact", pa.string(), nullable=False),
        pa.field("threshold", pa.string(), nullable=False),
    ]
)
"""`weight` is 1 / the share that is drawn. Kept and dropped ones are drawn alike, so that precision, what was missed,
and prevalence can all be estimated."""


class AuditSample:
    """A sink (`background.Sink`) that draws scored candidates, each with the share's probability."""

    def __init__(self, files: RotatedParquet, rng: random.Random) -> None:
        self._files, self._rng = files, rng

    def write(self, entries: list[Answered]) -> None:
        rows = [row for entry in entries for row in self._drawn(entry)]
        if rows:
            self._files.write(pa.Table.from_pylist(rows, schema=SCHEMA))

    def idle(self) -> None:
        self._files.rotate_if_due()

    def close(self) -> None:
        self._files.finish()

    def _drawn(self, entry: Answered) -> list[dict[str, object]]:
        share = entry.loaded.config.guards.audit_share
        scored = (entry.scored.status == SCORED).tolist()
        places = [place for place, has in enumerate(scored) if has and self._rng.random() < share]
        return [audit_row(entry, place, 1 / share) for place in places]


def audit_row(entry: Answered, place: int, weight: float) -> dict[str, object]:
    store = entry.loaded.store
    context_title, context_text = _texts(store.contexts, entry.context)
    item_title, item_text = _texts(store.items, entry.offered[place])
    return {
        "at": round(entry.at * 1e6),
        "request_id": entry.request_id,
        "context_id": named(entry.context),
        "item_id": entry.candidates.ids[place],
        "weight": weight,
        "context_title": context_title,
        "context_text": context_text,
        "item_title": item_title,
        "item_text": item_text,
        "p": float(entry.scored.p[place]),
        "would_drop": bool(entry.scored.drop[place]),
        "keep": bool(entry.guarded.keep[place]),
        "status": STATUSES[entry.scored.status[place]],
        "guard": GUARDS[entry.guarded.guard[place]],
        "mode": entry.guarded.mode,
        "artifact": entry.loaded.versions.artifact,
        "threshold": entry.loaded.versions.threshold,
    }


def _texts(side: StoredSide, offered: Offered) -> tuple[str, str]:
    """Title and text of an entity that was scored."""
    if isinstance(offered, Entity):
        return offered.title, offered.text
    table, row = side.prepared.entities.table, int(side.index.rows_of([offered])[0])
    return table["title"][row].as_py(), table["text"][row].as_py()
