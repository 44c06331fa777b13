"""From answers about hard queries to exceptions of the speller, each with who said so."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tilth.artifacts.speller import Exceptions, FixedQuery, Speller
from tilth.artifacts.speller.words import MIN_LENGTH, correctable, words
from tilth.llm import Answer
from tilth.text import printable

_LONGER = 1.5
_MORE = 10
"""A correction has at most this many characters more than 1.5 times the query's."""


@dataclass(frozen=True)
class Learned:
    """The exceptions of usable answers, and (query, why) of the others; `unsure` are neither."""

    fixed: tuple[FixedQuery, ...]
    refused: tuple[tuple[str, str], ...]
    unsure: tuple[str, ...]


def learn_from(answers: Iterable[Answer], source: str) -> Learned:
    """What a model (`source` is `model:<name>`) said about each query.

    A model's text is untrusted: one that drops or changes a number or a model name, is much longer, or holds characters
    that no query has, is refused. Answers that failed or were left are refused with their error.
    """
    fixed: list[FixedQuery] = []
    refused: list[tuple[str, str]] = []
    unsure: list[str] = []
    for answer in answers:
        query = answer.request.key[0]
        if answer.value is None:
            refused.append((query, answer.error or "not asked"))
            continue
        verdict, text = answer.value.get("verdict"), answer.value.get("text")
        if verdict == "unsure":
            unsure.append(query)
        elif verdict == "leave" or text == query:
            fixed.append(FixedQuery(query, None, source))
        elif (why := _unusable(query, text)) is not None:
            refused.append((query, why))
        else:
            fixed.append(FixedQuery(query, str(text), source))
    return Learned(tuple(fixed), tuple(refused), tuple(unsure))


def with_exceptions(speller: Speller, fixed: Iterable[FixedQuery]) -> Speller:
    """The speller with further exceptions; about a query that it has one for already, the new one counts."""
    rows = [*speller.tables.exceptions.by_words.values(), *fixed]
    return speller.replaced(tables=replace(speller.tables, exceptions=Exceptions.of_rows(rows)))


def without_source(speller: Speller, source: str) -> Speller:
    """The speller without the exceptions of a source."""
    rows = [row for row in speller.tables.exceptions.by_words.values() if row.source != source]
    return speller.replaced(tables=replace(speller.tables, exceptions=Exceptions.of_rows(rows)))


def _unusable(query: str, text: object) -> str | None:
    if not isinstance(text, str) or not text.strip():
        return "no text"
    if len(text) > _LONGER * len(query) + _MORE:
        return "much longer than the query"
    if "\n" in text or printable(text) != text:
        return "characters that no query has"
    if _fixed_words(text) != _fixed_words(query):
        return "a number, a model name or a foreign word was changed"
    return None


def _fixed_words(text: str) -> list[str]:
    """What no correction may change: words with digits, very long ones, and those of scripts without spaces."""
    return [
        word.form
        for word in words(text)
        if (len(word.form) >= MIN_LENGTH and not correctable(word.form)) or _digits(word.form)
    ]


def _digits(form: str) -> bool:
    return any(char.isdigit() for char in form)
