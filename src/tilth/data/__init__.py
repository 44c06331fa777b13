"""Reading the user's files into records, checking them, splitting by context, writing results."""

from tilth.data.behavior import (
    CODED_EVENT_SCHEMA,
    BadRows,
    EventBatch,
    LogPart,
    SearchBatch,
    event_parts,
    is_of_log,
    list_bad,
    merge_bad,
    read_events,
    read_searches,
    refuse_many_bad,
    search_parts,
)
from tilth.data.config import DataConfig, EntitySource, EventSource, JudgmentSource, PairSource, SearchSource
from tilth.data.corrections import load_corrections
from tilth.data.gather import gathered
from tilth.data.labels import load_judgments
from tilth.data.load import load_entities, load_pairs, stream_pairs
from tilth.data.rejects import Reject, Rejects
from tilth.data.resolve import keep_known
from tilth.data.rules import read_rules, write_rules
from tilth.data.split import Parts, split_contexts
from tilth.data.word_list import load_word_list
from tilth.data.write import read_json, read_parquet, write_json, write_parquet

__all__ = [
    "CODED_EVENT_SCHEMA",
    "BadRows",
    "DataConfig",
    "EntitySource",
    "EventBatch",
    "EventSource",
    "JudgmentSource",
    "LogPart",
    "PairSource",
    "Parts",
    "Reject",
    "Rejects",
    "SearchBatch",
    "SearchSource",
    "event_parts",
    "gathered",
    "is_of_log",
    "keep_known",
    "list_bad",
    "load_corrections",
    "load_entities",
    "load_judgments",
    "load_pairs",
    "load_word_list",
    "merge_bad",
    "read_events",
    "read_json",
    "read_parquet",
    "read_rules",
    "read_searches",
    "refuse_many_bad",
    "search_parts",
    "split_contexts",
    "stream_pairs",
    "write_json",
    "write_parquet",
    "write_rules",
]
