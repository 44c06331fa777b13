"""Reasons in words: why a feature pushed a pair towards bad."""

import math
from typing import Any

from tilth.artifacts.student.comparisons import FittedComparison
from tilth.artifacts.student.config import Comparison, FeatureConfig
from tilth.artifacts.student.featurizer import Featurizer
from tilth.artifacts.student.prepared import Prepared
from tilth.artifacts.student.views import View, view_texts
from tilth.text import missing, normalize, stem, tokens

_SHOWN = 3

_TEXT_PHRASES = {
    "context_share": "few words of the {context} are in the {item}",
    "context_share_rare": "telling words of the {context} are not in the {item}",
    "context_missing": "words of the {context} are not in the {item}",
    "context_missing_rare": "telling words of the {context} are not in the {item}",
    "context_missing_rarest": "the most telling word of the {context} is not in the {item}",
    "item_share": "the {item} is mostly about other things than the {context}",
    "item_share_rare": "the {item} is mostly about other things than the {context}",
    "last_found": "the last word of the {context} is not in the {item}",
    "first_found": "the first word of the {context} is not in the {item}",
    "head_found": "the thing that the {context} names is not in the {item}",
    "item_head_found": "the {item} is another kind of thing than the {context} names",
    "heads_equal": "the {item} is another kind of thing than the {context} names",
    "numbers_found": "numbers of the {context} are not in the {item}",
    "numbers_missing": "numbers of the {context} are not in the {item}",
    "codes_found": "a model number of the {context} is not in the {item}",
    "codes_missing": "a model number of the {context} is not in the {item}",
    "phrase_share": "phrases of the {context} are not in the {item}",
    "phrase_count": "phrases of the {context} are not in the {item}",
    "measures_found": "a measure of the {context} is not in the {item}",
    "measures_conflict": "a measure of the {item} differs from that of the {context}",
    "bm25": "the {item} matches the words of the {context} weakly",
    "bm25_share": "the {item} matches the words of the {context} weakly",
    "mean_place": "the words of the {context} come late in the {item}",
    "early_share": "the {item} does not begin with words of the {context}",
    "head_place": "the thing that the {context} names comes late in the {item}",
    "char_cosine": "the {item} is spelled unlike the {context}",
    "char_context_share": "the {item} is spelled unlike the {context}",
    "char_item_share": "the {item} is mostly about other things than the {context}",
    "lsa_cosine": "the {item} is on another topic than the {context}",
    "cooccurrence_cosine": "a {context} like this seldom gets such an {item}",
    "encoder_cosine": "the {item} means something else than the {context}",
}
_NAMES_WORDS = ("context_share", "context_missing", "last_found", "head_found", "phrase_share")


def phrases(featurizer: Featurizer) -> tuple[str, ...]:
    """The short form of each feature's reason, in the order of `featurizer.names`."""
    attributes = iter([(fitted, name) for fitted in featurizer.comparisons for name in fitted.names])
    out: list[str] = []
    for name, group in zip(featurizer.names, featurizer.groups, strict=True):
        if group == "attributes":
            out.append(_attribute_phrase(next(attributes)[0].comparison, featurizer.config))
        else:
            out.append(_text_phrase(name, featurizer.config))
    return tuple(out)


def reason(
    featurizer: Featurizer, feature: int, value: float, prepared: Prepared, context_row: int, item_row: int
) -> str:
    """The reason with the pair's own words and values; `value` is the feature's number for the pair."""
    name = featurizer.names[feature]
    if featurizer.groups[feature] == "attributes":
        fitted = [one for one in featurizer.comparisons for _ in one.names][
            feature - featurizer.groups.index("attributes")
        ]
        return _attribute_reason(fitted, featurizer.config, value, prepared, context_row, item_row)
    if name.startswith(_NAMES_WORDS) and ": " in name:
        return _missing_words(featurizer, name, prepared, context_row, item_row)
    return _text_phrase(name, featurizer.config)


def _text_phrase(name: str, config: FeatureConfig) -> str:
    base, _, views = name.partition(": ")
    context_view, _, item_view = views.partition(", ")
    template = _TEXT_PHRASES.get(base, base.replace("_", " ") + " of {context} and {item}")
    return template.format(context=_noun(config.context_name, context_view), item=_noun(config.item_name, item_view))


def _noun(name: str, view: str) -> str:
    return name if view in ("", "all") else f"{name}'s {view}"


def _missing_words(featurizer: Featurizer, name: str, prepared: Prepared, context_row: int, item_row: int) -> str:
    views = name.partition(": ")[2].split(", ")
    context = _text(prepared.contexts.entities, views[0], context_row)
    item = _text(prepared.items.entities, views[1], item_row)
    stems = {stem(word): word for word in tokens(normalize(context))}
    absent = missing(list(stems), [stem(word) for word in tokens(normalize(item))])
    if not absent:
        return _text_phrase(name, featurizer.config)
    rarity = featurizer.lexicon.idf_of(absent)
    telling = sorted(range(len(absent)), key=lambda place: -rarity[place])[:_SHOWN]
    words = ", ".join(f"'{stems[absent[place]]}'" for place in telling)
    config = featurizer.config
    return f"{words} of the {config.context_name} not found in the {_noun(config.item_name, views[1])}"


def _text(entities: Any, view: View | str, row: int) -> str:
    import numpy as np

    known: View = "title" if view == "title" else "text" if view == "text" else "all"
    return view_texts(entities.take(np.array([row])), known)[0]


def _attribute_phrase(comparison: Comparison, config: FeatureConfig) -> str:
    left = f"the {config.context_name}'s {_words(comparison.context_attribute)}"
    right = f"the {config.item_name}'s {_words(comparison.item_attribute)}"
    if comparison.kind == "context":
        return left
    if comparison.kind == "item":
        return right
    return {
        "equal": f"{right} is not {left}",
        "contains": f"{right} is not among {left}",
        "overlap": f"{right} and {left} share little",
        "difference": f"{right} does not fit {left}",
        "ratio": f"{right} does not fit {left}",
        "ordinal": f"{right} is of another level than {left}",
        "cross": f"{right} does not go with {left}",
        "similarity": f"{right} is unlike {left}",
    }[comparison.kind]


def _attribute_reason(
    fitted: FittedComparison, config: FeatureConfig, value: float, prepared: Prepared, context_row: int, item_row: int
) -> str:
    comparison = fitted.comparison
    left = _stated(prepared.contexts.attributes, comparison.context_attribute, context_row)
    right = _stated(prepared.items.attributes, comparison.item_attribute, item_row)
    context = f"the {config.context_name}'s {_words(comparison.context_attribute)}"
    item = f"the {config.item_name}'s {_words(comparison.item_attribute)}"
    if comparison.kind == "context":
        return f"{context} is {left}"
    if comparison.kind == "item":
        return f"{item} is {right}"
    if math.isnan(value) or left == "not stated" or right == "not stated":
        return f"{item} is {right}, {context} is {left}"
    if comparison.kind in ("difference", "ratio"):
        side = "below" if _is_below(comparison.kind, value) else "not below"
        return f"{item}, {right}, is {side} {context}, {left}"
    relation = {"contains": "is not among", "equal": "is not"}.get(comparison.kind, "beside")
    if comparison.kind in ("contains", "equal") and value > 0:
        relation = "matches"
    return f"{item}, {right}, {relation} {context}, {left}"


def _is_below(kind: str, value: float) -> bool:
    """Difference is context minus item, ratio item / context."""
    return value > 0 if kind == "difference" else value < 1


def _stated(table: Any, name: str, row: int) -> str:
    if not name or table is None or name not in table.column_names:
        return "not stated"
    value = table[name][row].as_py()
    if value is None:
        return "not stated"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(f"'{part}'" for part in value[:_SHOWN]) or "none"
    if isinstance(value, (int, float)):
        return f"{value:,.10g}"
    return f"'{value}'"


def _words(name: str) -> str:
    return name.replace("_", " ")
