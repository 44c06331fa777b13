"""Elasticsearch: the body of the synonyms set API, and the search analyzer that reads the set.

At most 10,000 rules make a set. They are not spread over several sets: each set needs a `synonym_graph` filter of its
own, a filter cannot take the graph that another one made, and the second would expand what the first added. The filter
belongs into a search analyzer only. One rule that cannot be parsed keeps an index from opening.

https://www.elastic.co/guide/en/elasticsearch/reference/8.18/put-synonyms-set.html
https://elastic.co/guide/en/elasticsearch/reference/8.18/synonyms-apis.html
https://elastic.co/docs/reference/text-analysis/analysis-synonym-graph-tokenfilter
https://lucene.apache.org/core/8_8_1/analyzers-common/org/apache/lucene/analysis/synonym/SynonymGraphFilter.html
"""

from collections.abc import Sequence
from typing import Any

from tilth.enrich.export.encoding import entry_id, json_bytes, lookup_notes, lookups, unbound_synonym
from tilth.enrich.export.limits import beyond_entries
from tilth.enrich.export.pairs import gather, of_kind
from tilth.enrich.export.result import Engine, Misfit
from tilth.enrich.export.solr_rules import lines_of
from tilth.records import Rule

MAX_RULES = 10_000


def analysis(name: str, source: dict[str, Any]) -> dict[str, Any]:
    """Index settings with the synonyms of `source` behind lower case, for search time."""
    words = {"type": "synonym_graph", **source}
    analyzer = {"type": "custom", "tokenizer": "standard", "filter": ["lowercase", f"{name}_synonyms"]}
    return {
        "settings": {
            "analysis": {"filter": {f"{name}_synonyms": words}, "analyzer": {f"{name}_search": analyzer}},
        }
    }


def misfits(rules: Sequence[Rule]) -> list[Misfit]:
    return beyond_entries(
        of_kind(rules, "synonym"),
        lambda some: len(gather(some)),
        MAX_RULES,
        "a synonyms set",
        "drop the lightest rules, or export for opensearch: Elasticsearch reads its synonyms file too, without a limit",
    )


def files(rules: Sequence[Rule], name: str) -> dict[str, bytes]:
    entries = [{"id": entry_id(name, line), "synonyms": line} for line in lines_of(gather(of_kind(rules, "synonym")))]
    settings = analysis(name, {"synonyms_set": name, "updateable": True})
    return {
        "synonyms_set.json": json_bytes({"synonyms_set": entries}),
        "analysis.json": json_bytes(settings),
        **lookups(rules),
    }


def notes(rules: Sequence[Rule], name: str) -> list[str]:
    return [
        f"PUT _synonyms/{name} with synonyms_set.json replaces the whole set and reloads the analyzers that use it; it "
        "must be there before an index with analysis.json is made",
        f"name {name}_search as the search_analyzer of text fields, after putting your own filters before "
        f"{name}_synonyms; no stop filter there, since a synonym of stop words only keeps the index from opening",
        *lookup_notes(rules, "Elasticsearch"),
    ]


ELASTICSEARCH = Engine(misfits, files, notes, unbound=unbound_synonym)
