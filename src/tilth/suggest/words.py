"""Words that name nothing by themselves."""

from tilth.text import stem

_WORDS = (
    "a an the and or of for with without in on at to from by as is are was be this that it its your our my you we i "
    "how what when where why who which do does not no into about over under than then so if but per via vs "
    "der die das den dem des ein eine einen einem einer und oder von fur mit ohne im zu zum zur auf bei aus ist als "
    "le la les un une des du de et ou pour avec sans dans sur au aux en est que qui "
    "el los las una y o con sin para por al del es il lo gli e di da per su"
)
LITTLE = frozenset(_WORDS.split())
"""English, German, French, Spanish and Italian, folded."""
_STEMS = frozenset(map(stem, LITTLE)) | LITTLE


def content(terms: list[str]) -> list[str]:
    """The terms that are not little words; all of them where nothing else is left."""
    return [term for term in terms if term not in _STEMS] or terms
