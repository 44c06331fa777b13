"""The order in which suggestions and instant results are shown. Pure functions."""

from collections.abc import Sequence

from tilth.apps.serve.suggest.config import SuggestConfig
from tilth.artifacts.usefulness import merged
from tilth.client.messages import Placed, Reason
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


def blend(
    suggestions: Sequence[float],
    items: Sequence[float],
    config: SuggestConfig,
    *,
    known: int | None = None,
    explored: int | None = None,
) -> list[Placed]:
    """One order for both, from what each suggestion and each item is expected to be worth.

    The known item stands first, always. Then `config.blend` decides: by `usefulness`, the line that is worth more, with
    no more than `config.positions` suggestions above the first of the other items; by `positions`, so many suggestions,
    all items, the other suggestions. An `explored` suggestion stands where the one would that it displaced.
    """
    first = [Placed("item", known, _rounded(items[known]), "known_item")] if known is not None else []
    others = [place for place in range(len(items)) if place != known]
    if config.blend == "positions":
        offered = [_offered(place, suggestions, "positions", explored) for place in range(len(suggestions))]
        shown = [Placed("item", place, _rounded(items[place]), "positions") for place in others]
        return [*first, *offered[: config.positions], *shown, *offered[config.positions :]]
    worth = list(suggestions)
    if explored is not None and explored + 1 < len(worth):
        worth[explored] = max(worth[explored], worth[explored + 1])
    lines = merged(worth, [items[place] for place in others], config.positions)
    return [
        *first,
        *(
            _offered(line.at, suggestions, "usefulness", explored)
            if line.kind == "suggestion"
            else Placed(
                "item", others[line.at], _rounded(items[others[line.at]]), "positions" if line.bounded else "usefulness"
            )
            for line in lines
        ),
    ]


def _offered(place: int, worth: Sequence[float], why: Reason, explored: int | None) -> Placed:
    return Placed("suggestion", place, _rounded(worth[place]), "explored" if place == explored else why)


def _rounded(worth: float) -> float:
    """As it is said: nobody needs more digits."""
    return round(worth, 4)


def _plain(text: str) -> str:
    return " ".join(tokens(normalize(text)))
