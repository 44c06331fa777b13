"""When two values of an attribute say the same."""

from math import isclose
from typing import Any

from tilth.enrich.config import AttributeConfig
from tilth.text import fold, normalize, tokens

ROUNDING = 1e-9


def text_key(text: str) -> str:
    """The text in lower case, without accents, hyphens and spaces that mean nothing."""
    return " ".join(fold(text).replace("-", " ").replace("_", " ").split())


def same(attribute: AttributeConfig, left: Any, right: Any) -> bool:
    """Whether two values, neither null, count as one: numbers within the attribute's tolerance, texts by their
    `text_key` or, with `match = "words"`, when all words of one stand in the other; lists as sets of texts."""
    match attribute.type:
        case "number":
            return isclose(left, right, rel_tol=max(attribute.tolerance, ROUNDING))
        case "list":
            return {text_key(one) for one in left} == {text_key(one) for one in right}
        case "text" | "category":
            return text_key(left) == text_key(right) or (attribute.match == "words" and _within(left, right))
        case "boolean":
            return left == right


def _within(left: str, right: str) -> bool:
    first, second = set(tokens(normalize(left))), set(tokens(normalize(right)))
    return bool(first and second) and (first <= second or second <= first)
