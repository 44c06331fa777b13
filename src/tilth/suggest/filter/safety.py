"""The safety list: what is never shown, and what is shown though its form is odd."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tilth.artifacts.index import analyze
from tilth.artifacts.suggester import normal_form
from tilth.errors import ConfigError


class _File(msgspec.Struct, forbid_unknown_fields=True):
    deny: list[str] = []
    allow: list[str] = []


@dataclass(frozen=True)
class SafetyList:
    """`deny`: phrases as terms of the search index; one inside a query forbids it whatever else holds. `allow`: normal
    forms; such a query is not measured by its form (length, digits, script), but must find something like any other."""

    deny: frozenset[tuple[str, ...]] = frozenset()
    allow: frozenset[str] = frozenset()

    @classmethod
    def of(cls, deny: Iterable[str], allow: Iterable[str] = ()) -> "SafetyList":
        denied = (tuple(analyze(phrase)) for phrase in deny)
        return cls(frozenset(filter(None, denied)), frozenset(filter(None, map(normal_form, allow))))

    def denies(self, query: str) -> bool:
        """Whether a denied phrase stands in the query, in whole words of any ending."""
        if not self.deny:
            return False
        terms = analyze(query)
        longest = max(map(len, self.deny), default=0)
        return any(
            tuple(terms[start : start + size]) in self.deny
            for size in range(1, longest + 1)
            for start in range(len(terms) - size + 1)
        )

    def allows(self, normal: str) -> bool:
        return normal in self.allow


def load_safety(path: Path) -> SafetyList:
    """Read the lists `deny` and `allow` of a TOML file.

    Raises:
        ConfigError: the file is missing or holds something else.
    """
    try:
        found = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File)
    except OSError as exc:
        raise ConfigError(f"{path}: cannot be read: {exc.strerror or exc}") from exc
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as exc:
        raise ConfigError(f"{path}: is no safety list: {exc}\n  hint: deny = [...] and allow = [...]") from exc
    for phrase in found.deny:
        if not analyze(phrase):
            raise ConfigError(f"{path}: deny '{phrase}' has no word that could be found in a query")
    return SafetyList.of(found.deny, found.allow)
