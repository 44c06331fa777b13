"""From rules to an engine's files: everything is checked first, then written."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from tilth.data.write import write_bytes
from tilth.enrich.export import algolia, elasticsearch, meilisearch, opensearch, plain, solr, typesense, vespa
from tilth.enrich.export.result import Engine, Exported, Misfit
from tilth.enrich.export.texts import misfits_in_text, tidied
from tilth.errors import ConfigError, DataError
from tilth.records import Rule

OnMisfit = Literal["refuse", "skip"]
ENGINES: dict[str, Engine] = {
    "algolia": algolia.ALGOLIA,
    "csv": plain.CSV,
    "elasticsearch": elasticsearch.ELASTICSEARCH,
    "json": plain.JSON,
    "meilisearch": meilisearch.MEILISEARCH,
    "opensearch": opensearch.OPENSEARCH,
    "solr": solr.SOLR,
    "tantivy": plain.TANTIVY,
    "typesense": typesense.TYPESENSE,
    "vespa": vespa.VESPA,
}
FORMATS = tuple(ENGINES)
SHOWN = 5
BOUND = {"end": "holds only at the end of a query", "whole": "holds only for a query that is nothing else"}
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


def export_rules(
    rules: Sequence[Rule], folder: Path, format: str, *, on_misfit: OnMisfit = "refuse", name: str = "tilth"
) -> Exported:
    """Write `rules` into `folder` as one of `FORMATS`; the same rules give the same bytes.

    Runs of whitespace in texts become one space. `name` is what the engine will know the rules by. A rule that the
    engine cannot take refuses the export, or with `on_misfit="skip"` is left out and listed.

    Raises:
        ConfigError: there is no such format, or the name cannot be one in every engine.
        DataError: rules do not fit, none is left, or a file cannot be written. All are checked before one is written.
    """
    engine = _engine_of(format, name)
    clean = tidied(rules)
    skipped = [*misfits_in_text(clean), *_unbound(clean, engine, format)]
    left = _without(clean, skipped)
    beyond = engine.misfits(left)
    skipped, left = [*skipped, *beyond], _without(left, beyond)
    if skipped and on_misfit == "refuse":
        raise _refusal(format, skipped, len(rules))
    if not left:
        raise DataError(f"there is no rule to export for {format}", hint="see which rules were kept, and why")
    contents = engine.files(left, name)
    for file, content in contents.items():
        write_bytes(content, folder / file)
    paths = tuple(folder / file for file in contents)
    notes = (*engine.notes(left, name), *_notes(rules, clean, left, engine, format))
    return Exported(format, folder, paths, len(left), tuple(skipped), notes)


def _unbound(rules: Sequence[Rule], engine: Engine, format: str) -> list[Misfit]:
    """The rules that hold at a place in the query which the engine cannot bind them to."""
    advice = "skip them, or apply them before the engine is asked (--format json)"
    found = list[Misfit]()
    for rule in rules:
        why = engine.unbound(rule) if rule.anchor != "anywhere" else None
        if why is not None:
            found.append(Misfit(rule, f"{BOUND[rule.anchor]}, beyond {format}, {why}", advice))
    return found


def _engine_of(format: str, name: str) -> Engine:
    engine = ENGINES.get(format)
    if engine is None:
        raise ConfigError(f"there is no format '{format}'\n  hint: formats are {', '.join(FORMATS)}")
    if not _NAME.fullmatch(name):
        raise ConfigError(
            f"'{name}' cannot name rules in every engine\n  hint: small letters, digits and _, a letter first"
        )
    return engine


def _without(rules: Sequence[Rule], misfits: Sequence[Misfit]) -> list[Rule]:
    out = {id(misfit.rule) for misfit in misfits}
    return [rule for rule in rules if id(rule) not in out]


def _refusal(format: str, misfits: Sequence[Misfit], total: int) -> DataError:
    shown = "; ".join(map(str, misfits[:SHOWN]))
    more = f"; and {len(misfits) - SHOWN:,} more" if len(misfits) > SHOWN else ""
    advice = " / ".join(dict.fromkeys(misfit.advice for misfit in misfits[:SHOWN]))
    return DataError(
        f"{len(misfits):,} of {total:,} rules do not fit {format}: {shown}{more}",
        hint=f"{advice}; or skip what does not fit (--on-misfit skip)",
    )


def _notes(
    rules: Sequence[Rule], clean: Sequence[Rule], left: Sequence[Rule], engine: Engine, format: str
) -> list[str]:
    found = list[str]()
    if changed := sum(one != other for one, other in zip(rules, clean, strict=True)):
        found.append(f"in {changed:,} rules whitespace was made one space")
    weighted = sum(rule.kind == "synonym" and rule.weight != 1 for rule in left)
    if weighted and not engine.weights:
        found.append(f"{format} has no weights for synonyms: {weighted:,} that weigh other than 1 count as 1")
    if fields := sum(rule.kind == "synonym" and rule.field is not None for rule in left):
        found.append(f"{fields:,} synonyms name a field: synonyms hold for all fields")
    return found
