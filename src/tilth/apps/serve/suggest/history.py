"""What somebody searched for before, as suggestions. It comes with the request, and is kept nowhere."""

from collections.abc import Mapping, Sequence

from tilth.artifacts.suggester import MAX_CHARS, Suggested, key_text, normal_form

SOURCE = "history"


def past_queries(typed: str, history: Sequence[str], most: int) -> dict[str, str]:
    """The `most` newest of the `history` (newest first) that begin with what was typed, by their forms; of one form the
    newest. As suggestions, none is longer than 120 characters."""
    begun, found = key_text(typed), dict[str, str]()
    for query in history:
        if len(found) == most:
            break
        shown = " ".join(query.split())
        if len(shown) <= MAX_CHARS and key_text(shown).startswith(begun) and (form := form_of(shown)):
            found.setdefault(form, shown)
    return found


def beside(past: Mapping[str, str], completions: list[Suggested]) -> tuple[list[Suggested], list[Suggested]]:
    """The `past` queries as suggestions, in their order, and the completions that are none of them.

    Each counts as much as the best completion: what somebody searched for once is at least as probable to be what they
    type again. A past query that is a completion too has no higher score of its own than the best.
    """
    if not past:
        return [], completions
    forms = [form_of(one.query) for one in completions]
    known = dict(zip(reversed(forms), reversed(completions), strict=True))
    best = max((one.score for one in completions), default=0.0)
    shown = [
        Suggested(query, best, SOURCE, known[form].category if form in known else "") for form, query in past.items()
    ]
    return shown, [one for form, one in zip(forms, completions, strict=True) if form not in past]


def form_of(query: str) -> str:
    """What makes two queries one: their normal form; where they have no words, the form in which they are compared.
    Empty where nothing is left of them."""
    return normal_form(query) or key_text(query).rstrip()
