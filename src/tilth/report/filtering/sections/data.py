"""What went in, and what could not be used."""

from markupsafe import Markup

from tilth.report.blocks import Block, Column, Section, Table, cell, figure_cell, row
from tilth.report.clean import shorten_id
from tilth.report.filtering.facts import Facts
from tilth.report.numbers import Name, count, plural
from tilth.report.phrases import sentence_case


def data_section(facts: Facts) -> Section | None:
    counts, rejected = facts.content.data, facts.content.rejected
    if not counts and not rejected:
        return None
    blocks: list[Block] = []
    if counts:
        named = {sentence_case(what): n for what, n in counts.items()}
        blocks.append(_table("What was read", "What", "Number", named, plain=True))
    some = {file: n for file, n in rejected.items() if n}
    if some:
        blocks.append(_table("Rows that could not be used, by file", "File", "Rows", some))
    return Section("data", "Data", (_lead(rejected, some),) if rejected else (), tuple(blocks))


def _lead(rejected: dict[str, int], some: dict[str, int]) -> Markup:
    if not some:
        return Markup("Every row of {} could be used.").format(plural(len(rejected), "file"))
    return Markup("{} could not be used and {} left out; they came from {}.").format(
        plural(sum(some.values()), "row"),
        "was" if sum(some.values()) == 1 else "were",
        plural(len(some), "file"),
    )


def _table(caption: str, what: str, unit: str, counts: dict[str, int], *, plain: bool = False) -> Table:
    names = {name: shorten_id(name) if plain else Name(shorten_id(name)) for name in counts}
    rows = tuple(row([cell(names[name]), figure_cell(count(n), n)]) for name, n in counts.items())
    return Table(caption, (Column(what, numeric=False), Column(unit)), rows)
