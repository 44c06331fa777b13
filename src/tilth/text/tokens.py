"""Words of a normalized text, and where the words that name the thing end."""

import re

# A number may carry a decimal point; letters and digits written together (a model number) stay together.
_TOKEN = re.compile(r"\d+\.\d+(?![\w.])|[^\W_]+(?:'(?=[a-z])[^\W_]+)?")
_HEAD_END = re.compile(
    r"(?<=\w)\s*(?:[(,;:|]|\s[-\u2013\u2014]\s|\s(?:with|without|in|for|of|by|to|at|from|on|that|which)\s)"
)


def tokens(normalized: str) -> list[str]:
    """Words and numbers in order: `["1.5", "inch", "wood", "screw"]`."""
    return [token.removesuffix("'s").replace("'", "") for token in _TOKEN.findall(normalized)]


def head_length(normalized: str) -> int:
    """How many tokens stand before the first preposition, bracket or comma.

    In an English noun phrase the last of them names the thing: the *faucet* of "bathroom faucet in chrome".
    The whole text where nothing ends the phrase.
    """
    end = _HEAD_END.search(normalized)
    return len(_TOKEN.findall(normalized[: end.start()] if end else normalized))


def is_number(token: str) -> bool:
    return token[:1].isdigit() and token.replace(".", "", 1).isdigit()


def is_code(token: str) -> bool:
    """Letters and digits in one word, as in a model number: `dw735x`."""
    return any(char.isdigit() for char in token) and any(char.isalpha() for char in token)
