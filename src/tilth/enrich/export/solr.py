"""Solr: `synonyms.txt` with the field type that reads it, and the same as a managed resource.

The file is Lucene's (see `solr_rules`). A managed map replaces its key by the values, so that the key stands among
them; a PUT adds to what is there, and never removes.

https://lucene.apache.org/core/8_8_1/analyzers-common/org/apache/lucene/analysis/synonym/SynonymGraphFilterFactory.html
https://solr.apache.org/guide/managed-resources.html
"""

from collections.abc import Sequence

from tilth.enrich.export.encoding import json_bytes, lookup_notes, lookups, text_bytes, unbound_synonym
from tilth.enrich.export.pairs import gather, of_kind, targets_of
from tilth.enrich.export.result import Engine, Misfit
from tilth.enrich.export.solr_rules import lines_of
from tilth.records import Rule

_FIELD_TYPE = """\
<fieldType name="text_{name}" class="solr.TextField" positionIncrementGap="100">
  <analyzer type="index">
    <tokenizer class="solr.StandardTokenizerFactory"/>
    <filter class="solr.LowerCaseFilterFactory"/>
  </analyzer>
  <analyzer type="query">
    <tokenizer class="solr.StandardTokenizerFactory"/>
    <filter class="solr.LowerCaseFilterFactory"/>
    <filter class="solr.SynonymGraphFilterFactory" synonyms="synonyms.txt" ignoreCase="true" expand="true"
            tokenizerFactory="solr.StandardTokenizerFactory"/>
  </analyzer>
</fieldType>
<!-- For the managed resource, in place of the SynonymGraphFilterFactory:
    <filter class="solr.ManagedSynonymGraphFilterFactory" managed="{name}"/>
-->
"""


def misfits(rules: Sequence[Rule]) -> list[Misfit]:  # noqa: ARG001 - what fits Lucene's grammar fits
    return []


def files(rules: Sequence[Rule], name: str) -> dict[str, bytes]:
    synonyms = of_kind(rules, "synonym")
    managed = {
        source: sorted({source, *(target.text for target in targets)})
        for source, targets in targets_of(synonyms).items()
    }
    return {
        "synonyms.txt": text_bytes(lines_of(gather(synonyms))),
        "managed_synonyms.json": json_bytes(managed),
        "field_type.xml": _FIELD_TYPE.format(name=name).encode(),
        **lookups(rules),
    }


def notes(rules: Sequence[Rule], name: str) -> list[str]:
    return [
        "put synonyms.txt beside the schema, and field_type.xml into it; reload the collection after a new export",
        f"or PUT managed_synonyms.json to schema/analysis/synonyms/{name}: that adds to what is there, so DELETE what "
        "a new export no longer has; synonyms of several words need a tokenizerFactory among its initArgs",
        *lookup_notes(rules, "Solr"),
    ]


SOLR = Engine(misfits, files, notes, unbound=unbound_synonym)
