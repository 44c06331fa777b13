"""The order in which suggestions and instant results are shown. Pure functions."""

from collections.abc import Sequence

from tilth.client.messages import Placed
from tilth.text import edits_allowed, normalize, tokens, within_edits

MAX_CHARS = 200
"""A longer text is no title with an error."""


def almost(typed: str, titles: Sequence[str]) -> int | None:
    """Place of the first title that was typed with one error (from four characters on) or two (from eight); None where
    there is none. Words are compared, whatever stands between them, and only with titles of about that length."""
    wanted = _plain(typed[: MAX_CHARS + 1])
    most = edits_allowed(len(wanted)) if len(wanted) <= MAX_CHARS else 0
    # A title that goes on is one that is still being typed: what is missing is no error.
    about = len(typed) // 4 + 4
    alike = ((at, _plain(title)) for at, title in enumerate(titles) if abs(len(title) - len(typed)) <= about)
    near = (at for at, title in alike if not title.startswith(wanted) and within_edits(wanted, title, most))
    return next(near, None) if most else None


def blend(suggestions: int, items: int, positions: int, known: int | None) -> list[Placed]:
    """The known item; `positions` suggestions; the other items; the other suggestions."""
    first = [Placed("item", known)] if known is not None else []
    offered = [Placed("suggestion", place) for place in range(suggestions)]
    others = [Placed("item", place) for place in range(items) if place != known]
    return [*first, *offered[:positions], *others, *offered[positions:]]


def _plain(text: str) -> str:
    return " ".join(tokens(normalize(text)))
