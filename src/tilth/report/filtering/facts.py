"""What several sections ask of the content, answered in one place."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tilth.report.filtering.content import Content
from tilth.report.numbers import number


@dataclass(frozen=True)
class Facts:
    """Readings of the plain data. A part that was not run reads as empty."""

    content: Content

    @property
    def comparison(self) -> dict[str, Any]:
        return self.content.comparison or {}

    @property
    def distilled(self) -> dict[str, Any]:
        return self.content.distilled or {}

    @property
    def teachers(self) -> list[dict[str, Any]]:
        return list(self.comparison.get("table") or [])

    @property
    def verdict(self) -> dict[str, Any]:
        return self.comparison.get("verdict") or {}

    @property
    def target_metric(self) -> str:
        """What the teachers are chosen by; precision where the comparison does not say."""
        named = self.comparison.get("target_metric")
        differences = self.comparison.get("differences") or [{}]
        return str(named or differences[0].get("metric") or "precision")

    @property
    def target(self) -> float | None:
        return number(self.comparison.get("target"))

    @property
    def positive(self) -> str:
        """The class that is looked for, without its cut: `bad` of `bad (grade >= 1)`."""
        named = self.distilled.get("positive") or self.comparison.get("positive") or "positive"
        if isinstance(named, dict):
            named = named.get("name") or "positive"
        return str(named).partition(" (")[0]

    @property
    def gold_sources(self) -> tuple[str, ...]:
        named = self.comparison.get("gold_sources") or self.distilled.get("gold_sources") or ()
        return tuple(map(str, named))

    @property
    def gold_is_human(self) -> bool | None:
        """None where there is no gold, or nothing says. A part that says no outweighs one that says yes."""
        said = [part.get("gold_is_human") for part in (self.comparison, self.distilled) if part]
        known = [bool(answer) for answer in said if answer is not None]
        return all(known) if known and self.gold_sources else None

    @property
    def evaluations(self) -> list[dict[str, Any]]:
        return list(self.distilled.get("evaluations") or [])

    @property
    def text_only(self) -> dict[str, Any] | None:
        """The student that saw texts and no attributes."""
        return self._evaluation(lambda name: name.startswith("student") and "text" in name)

    @property
    def teacher(self) -> dict[str, Any] | None:
        """The teacher itself on the student's test contexts."""
        return self._evaluation(lambda name: name.startswith("teacher"))

    @property
    def student(self) -> dict[str, Any] | None:
        """The student that the filter uses."""
        return self._evaluation(lambda name: name == "student")

    @property
    def certificate(self) -> dict[str, Any]:
        return self.distilled.get("certificate") or {}

    @property
    def threshold(self) -> float | None:
        """The certified threshold as a probability, or as a raw score where that is all there is; None without one."""
        if number(self.certificate.get("threshold")) is None:
            return None
        as_p = number(self.distilled.get("threshold_p"))
        return as_p if as_p is not None else number(self.certificate.get("threshold"))

    @property
    def effect(self) -> dict[str, Any]:
        return self.distilled.get("effect") or {}

    def _evaluation(self, wanted: Callable[[str], bool]) -> dict[str, Any] | None:
        for entry in self.evaluations:
            if wanted(str(entry.get("name", "")).lower()):
                return entry
        return None
