"""The log of suggestions: what was typed, what was shown for it, and by which chance."""

import pyarrow as pa

from tilth.apps.serve.files import RotatedParquet
from tilth.apps.serve.suggest.answer import Offer
from tilth.apps.serve.suggest.history import SOURCE as HISTORY
from tilth.artifacts.suggester import key_text
from tilth.client.messages import FoundItem, Placed, Suggestion

Line = tuple[str, str, str | None, str | None, int | None, bool, float | None, str | None]
"""A row of LINE."""

LINE = pa.struct(
    [
        pa.field("kind", pa.string(), nullable=False),
        pa.field("shown", pa.string(), nullable=False),
        pa.field("source", pa.string()),
        pa.field("category", pa.string()),
        pa.field("edits", pa.int8()),
        pa.field("explored", pa.bool_(), nullable=False),
        pa.field("expected", pa.float64()),
        pa.field("why", pa.string()),
    ]
)
SCHEMA = pa.schema(
    [
        pa.field("at", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("request_id", pa.string(), nullable=False),
        pa.field("context_id", pa.string()),
        pa.field("typed", pa.string(), nullable=False),
        pa.field("outcome", pa.string(), nullable=False),
        pa.field("arm", pa.string()),
        pa.field("explore_share", pa.float64(), nullable=False),
        pa.field("known_item", pa.bool_(), nullable=False),
        pa.field("lines", pa.list_(LINE), nullable=False),
        pa.field("suggester", pa.string(), nullable=False),
        pa.field("index", pa.string()),
    ]
)
"""A row a request. `typed` is in the form in which it is compared, its first 120 characters; `lines` are what was shown
from top to bottom, `shown` a query or the id of an item, `expected` how probable it was to be what is wanted, `why`
what put it there. `arm` is null where there was nothing to explore. Of a past query that came with the request stands
here only that one was shown, as a line of the source `history` with an empty `shown` and no category."""


class SuggestionLog:
    """A sink (`background.Sink`) that writes offers as Parquet."""

    def __init__(self, files: RotatedParquet) -> None:
        self._files = files

    def write(self, entries: list[Offer]) -> None:
        lines = [[_line(*both) for both in zip(one.reply.lines, one.reply.layout, strict=True)] for one in entries]
        columns = {
            "at": pa.array([round(one.at * 1e6) for one in entries]).cast(SCHEMA.field("at").type),
            "request_id": [one.reply.request_id for one in entries],
            "context_id": [one.asked.context_id or None for one in entries],
            "typed": [key_text(one.asked.q) for one in entries],
            "outcome": [one.outcome for one in entries],
            "arm": [one.arm for one in entries],
            "explore_share": [one.share for one in entries],
            "known_item": [one.reply.known_item for one in entries],
            "lines": pa.array(lines, SCHEMA.field("lines").type),
            "suggester": [one.reply.versions.suggester for one in entries],
            "index": [one.reply.versions.index for one in entries],
        }
        self._files.write(pa.table(columns, schema=SCHEMA))

    def idle(self) -> None:
        self._files.rotate_if_due()

    def close(self) -> None:
        self._files.finish()


def _line(line: Suggestion | FoundItem, placed: Placed) -> Line:
    why = (placed.expected, placed.why)
    if isinstance(line, Suggestion) and line.source == HISTORY:
        return "suggestion", "", HISTORY, None, line.edits, line.explored, *why
    if isinstance(line, Suggestion):
        return "suggestion", line.query, line.source, line.category, line.edits, line.explored, *why
    return "item", line.id, None, line.category, None, False, *why
