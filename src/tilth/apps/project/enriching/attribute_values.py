"""Attributes that were read: checked against gold, sampled for people to look up, and conflicts resolved."""

import csv
import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from tilth.apps.project.enriching.merging import existing_of, merge_side, merged_side, stored_read
from tilth.apps.project.enriching.resolving import Accepted, accept
from tilth.apps.project.inputs import REJECTS_NAME, Inputs
from tilth.apps.project.stored import attributes_of, sides_to_read
from tilth.config import existing_columns_of
from tilth.data import write_json
from tilth.data.cells import as_cell
from tilth.data.write import write_bytes
from tilth.enrich.check import SHEET_COLUMNS, Checked, GoldValue, catalog_gold, check_values, draw_sheet, load_gold
from tilth.enrich.check.sample import expects
from tilth.enrich.values import ASKED
from tilth.errors import ConfigError, DataError
from tilth.records import Entities, Role

CHECK_NAME = "check_attributes.json"


@dataclass(frozen=True)
class Sheet:
    """A sheet of `values` of `entities`, to be filled in."""

    values: int
    entities: int
    path: Path

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "path": str(self.path)}


class AttributeValues:
    """What `tilth enrich attributes check`, `sample` and `accept` do."""

    def __init__(self, inputs: Inputs, work: Path) -> None:
        self._inputs, self._work = inputs, work

    def check(self, gold: str | None = None, *, source: str | None = None) -> Checked:
        """Measure what was read against `gold` (a file, below the working folder; that of `[enrich.gold]` by default),
        and against columns of the catalog where these were asked about all the same. Writes `check_attributes.json`.

        `source` says who looked the values up, where the file does not.

        Raises:
            ConfigError: nothing says who did, or no attributes are configured.
            DataError: nothing was read, there is nothing to measure against, or the file cannot be used.
        """
        sides = self._sides()
        if not sides:
            hint = "run `tilth enrich attributes` first"
            raise DataError("nothing was read of these attributes", hint=hint)
        rejected = len(self._inputs.rejects)
        path = self._work / REJECTS_NAME
        try:
            looked_up = self.gold(gold, source=source)
        finally:
            self._inputs.rejects.write(path)
        rejected = len(self._inputs.rejects) - rejected
        checked = Checked((), ())
        for role in sides:
            values = [one for one in looked_up if one.role == role]
            checked += self._against(role, [*values, *self._held(role)])
        if not checked.scores:
            hint = "`tilth enrich attributes sample` writes a sheet to fill in; then --gold FILE, or [enrich.gold] path"
            raise DataError("there is no gold for what was read", hint=hint)
        unusable = [f"{rejected:,} values of the gold cannot be used: {path} says why"] if rejected else []
        checked = replace(checked, notes=(*unusable, *self._notes(checked)))
        write_json(checked.to_json(), self._work / CHECK_NAME)
        return checked

    def sample(self, n: int, out: Path, *, side: Role | None = None) -> Sheet:
        """Write a sheet of `n` values to look up: drawn at random, as many of each attribute, without what was read.

        Raises:
            ConfigError: the side has no attributes.
            DataError: nothing was read of it, or the file exists or cannot be written.
        """
        sides = sides_to_read(self._inputs.config.enrich)
        role = side or sides[-1]
        if role not in sides:
            raise ConfigError(f"tilth.toml: no attributes of {role}s\n  hint: list them under [enrich.{role}]")
        if out.exists():
            raise DataError("exists already", path=out, hint="somebody may have filled it in: name another file")
        attributes, read = attributes_of(self._inputs.config.enrich, role), self._read(role)
        if read is None:
            raise DataError(f"nothing was read of {role}s", path=out, hint="run `tilth enrich attributes` first")
        drawn = draw_sheet(attributes, read, n, seed=self._inputs.config.project.seed)
        entities = self._entities(role)
        rows = entities.rows_of(pa.array([one.id for one in drawn]))
        title, text = entities.table["title"], entities.table["text"]
        written = io.StringIO(newline="")
        writer = csv.writer(written)
        writer.writerow([f"{role}_id", *SHEET_COLUMNS])
        for one, row in zip(drawn, rows.tolist(), strict=True):
            if row < 0:  # the catalog knows it no more
                continue
            shown = (title[row].as_py(), text[row].as_py()[: self._inputs.config.enrich.max_chars])
            cells = [one.id, one.attribute, "", "", f"{one.weight:.6g}", expects(attributes[one.attribute]), *shown]
            writer.writerow([as_cell(cell) for cell in cells])
        write_bytes(written.getvalue().encode("utf-8", "backslashreplace"), out)
        known = [one for one, row in zip(drawn, rows.tolist(), strict=True) if row >= 0]
        return Sheet(len(known), len({one.id for one in known}), out)

    def accept(self, file: Path) -> Accepted:
        """Resolve conflicts as the column `resolution` of `file`, a filled-in `conflicts.csv`, says.

        Raises:
            DataError: the file cannot be used, or a row is no conflict as it stands now; nothing is changed then.
        """
        sides = self._sides()
        conflicts = [one for role in sides for one in merged_side(role, self._inputs, self._work).conflicts]
        accepted = accept(file, conflicts, self._work)
        for role in sides:
            merge_side(role, self._inputs, self._work)
        return accepted

    def _sides(self) -> list[Role]:
        """Those of which something was read."""
        return [role for role in sides_to_read(self._inputs.config.enrich) if self._read(role) is not None]

    def _entities(self, role: Role) -> Entities:
        return self._inputs.contexts if role == "context" else self._inputs.items

    def _read(self, role: Role) -> pa.Table | None:
        return stored_read(self._work, role, attributes_of(self._inputs.config.enrich, role))

    def gold(
        self, gold: str | None = None, *, source: str | None = None, max_rejected: float | None = None
    ) -> list[GoldValue]:
        """The values of the file `gold`, or of that of `[enrich.gold]`; none where no file is named.

        Raises:
            ConfigError: nothing says who looked the values up.
            DataError: the file cannot be used, or more than `max_rejected` (that of `[data]`) of its rows.
        """
        inputs, config = self._inputs, self._inputs.config
        named = config.enrich.gold
        if gold is None and named is None:
            return []
        path, base = (gold, Path()) if gold is not None else (named.path if named else "", inputs.base)
        sides = sides_to_read(config.enrich)
        return load_gold(
            path,
            {role: attributes_of(config.enrich, role) for role in sides},
            {role: self._entities(role) for role in sides},
            source=source or (named.source if named else None),
            base=base,
            rejects=inputs.rejects,
            max_rejected=config.data.max_rejected if max_rejected is None else max_rejected,
        )

    def _held(self, role: Role) -> list[GoldValue]:
        """Values of the catalog's columns where the same was asked all the same. An entity that could not be read, or
        was not yet, counts too, as in a file of gold: coverage is about those."""
        entities, read = self._entities(role), self._read(role)
        existing = existing_of(role, self._inputs, entities)
        if read is None or not existing:
            return []
        columns = existing_columns_of(self._inputs.config, role)
        attributes = attributes_of(self._inputs.config.enrich, role)
        always = [name for name in existing if not attributes[name].only_missing]
        asked = dict(zip(read["id"].to_pylist(), read[ASKED].to_pylist(), strict=True))
        return [
            value
            for name, held in existing.items()
            for value in catalog_gold(role, columns[name], name, held, entities.ids.to_pylist())
            if name in asked.get(value.id, always)
        ]

    def _against(self, role: Role, gold: list[GoldValue]) -> Checked:
        config, read = self._inputs.config, self._read(role)
        if read is None or not gold:
            return Checked((), ())
        attributes, seed = attributes_of(config.enrich, role), config.project.seed
        return check_values(attributes, read, gold, min_confidence=config.enrich.min_confidence, seed=seed)

    def _notes(self, checked: Checked) -> list[str]:
        enrich, notes = self._inputs.config.enrich, list[str]()
        strangers = sorted({score.source for score in checked.scores if not score.is_human})
        if strangers:
            notes.append(f"not people's values: {', '.join(strangers)}")
        for role in sides_to_read(enrich):
            shown = self._in_the_text(role)
            if shown:
                columns = ", ".join(shown)
                notes.append(f"{columns}: stands in the text that was read, so this is copying, not reading")
        if enrich.min_confidence:
            least = f"{enrich.min_confidence:g}"
            notes.append(f"values below min_confidence = {least} count as not read, except under confidence")
        if any(one.kind == "claimed" for one in checked.reliability):
            notes.append("claimed confidence is what the LLM says of itself; agreement is measured")
        return notes

    def _in_the_text(self, role: Role) -> list[str]:
        data = self._inputs.config.data
        source = data.contexts if role == "context" else data.items
        shown = [] if source is None else [*source.text, source.title]
        return [column for column in existing_columns_of(self._inputs.config, role).values() if column in shown]
