"""Lines of Lucene's SolrSynonymParser, which Solr, Elasticsearch and OpenSearch all read.

One rule a line; blank lines and lines that begin with `#` are left out; `a, b` makes each stand for each; `a => b, c`
replaces a, so that `a => a, b` keeps it; a backslash takes the meaning from the character behind it; there is one `=>`
at most in a line.

https://lucene.apache.org/core/8_8_1/analyzers-common/org/apache/lucene/analysis/synonym/SolrSynonymParser.html
"""

from collections.abc import Sequence

from tilth.enrich.export.pairs import Synonyms


def escaped(text: str) -> str:
    """A term as it stands in a line."""
    text = text.replace("\\", "\\\\").replace(",", "\\,").replace("=>", "\\=>")
    return f"\\{text}" if text.startswith("#") else text


def group_line(group: Sequence[str]) -> str:
    return ", ".join(map(escaped, group))


def one_way_line(source: str, targets: Sequence[str]) -> str:
    """The source stands among its own targets, since the left side is replaced."""
    return f"{escaped(source)} => {group_line([source, *targets])}"


def lines_of(synonyms: Synonyms) -> list[str]:
    return [
        *map(group_line, synonyms.groups),
        *(one_way_line(source, targets) for source, targets in synonyms.one_way),
    ]
