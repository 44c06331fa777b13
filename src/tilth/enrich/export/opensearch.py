"""OpenSearch: a synonyms file, and the search analyzer that reads it; the same rules inline.

OpenSearch has no API for synonyms: they stand in a file of each node's config folder (`synonyms_path`) or inline in the
settings. Only the file can change without closing the index: with `updateable`, by a refresh of the search analyzers.
Neither has a documented limit.

https://docs.opensearch.org/3.9/analyzers/token-filters/synonym-graph/
https://docs.opensearch.org/3.9/im-plugin/refresh-analyzer/
"""

from collections.abc import Sequence

from tilth.enrich.export.elasticsearch import analysis
from tilth.enrich.export.encoding import json_bytes, lookup_notes, lookups, text_bytes, unbound_synonym
from tilth.enrich.export.pairs import gather, of_kind
from tilth.enrich.export.result import Engine, Misfit
from tilth.enrich.export.solr_rules import lines_of
from tilth.records import Rule


def misfits(rules: Sequence[Rule]) -> list[Misfit]:  # noqa: ARG001 - what fits Lucene's grammar fits
    return []


def files(rules: Sequence[Rule], name: str) -> dict[str, bytes]:
    lines = lines_of(gather(of_kind(rules, "synonym")))
    file = f"{name}_synonyms.txt"
    return {
        file: text_bytes(lines),
        "analysis.json": json_bytes(analysis(name, {"synonyms_path": file, "updateable": True})),
        "analysis_inline.json": json_bytes(analysis(name, {"synonyms": lines})),
        **lookups(rules),
    }


def notes(rules: Sequence[Rule], name: str) -> list[str]:
    return [
        f"put {name}_synonyms.txt into the config folder of every node, and make the index with analysis.json; after a "
        "new export, POST /_plugins/_refresh_search_analyzers/INDEX",
        "analysis_inline.json needs no file, but the index has to be closed to change it",
        *lookup_notes(rules, "OpenSearch"),
    ]


OPENSEARCH = Engine(misfits, files, notes, unbound=unbound_synonym)
