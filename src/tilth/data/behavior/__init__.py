"""Reading what people did: logs of events and of searches, in bounded memory."""

from tilth.data.behavior.bad import BadRows, list_bad, merge_bad, refuse_many_bad
from tilth.data.behavior.events import CODED_EVENT_SCHEMA, EventBatch, event_parts, read_events
from tilth.data.behavior.parts import LogPart, is_of_log
from tilth.data.behavior.searches import SearchBatch, read_searches, search_parts

__all__ = [
    "CODED_EVENT_SCHEMA",
    "BadRows",
    "EventBatch",
    "LogPart",
    "SearchBatch",
    "event_parts",
    "is_of_log",
    "list_bad",
    "merge_bad",
    "read_events",
    "read_searches",
    "refuse_many_bad",
    "search_parts",
]
