"""What the run cost, and what of that is not known."""

from tilth.report.blocks import Cell, Column, Row, Section, Table, cell, figure_cell, row
from tilth.report.clean import shorten_id
from tilth.report.filtering.content import CostLine
from tilth.report.filtering.facts import Facts
from tilth.report.filtering.words import cost_sentence
from tilth.report.numbers import count, money, number

COUNTED = ("calls", "cached", "failed", "prompt_tokens", "completion_tokens")


def costs_section(facts: Facts) -> Section | None:
    lines, sentence = facts.content.costs, cost_sentence(facts)
    if not lines or not sentence:
        return None
    columns = (
        Column("Part", numeric=False),
        Column("Calls"),
        Column("From cache", hint="Answers that were paid for before"),
        Column("Failed"),
        Column("Tokens in"),
        Column("Tokens out"),
        Column("Cost", hint="US dollars"),
    )
    rows = [_row(line) for line in lines]
    if len(lines) > 1:
        rows.append(_total(lines))
    table = Table("Calls, tokens and cost in US dollars", columns, tuple(rows), sortable=False)
    return Section("costs", "Cost", (sentence,), (table,))


def _row(line: CostLine) -> Row:
    counts = [figure_cell(count(getattr(line, key)), getattr(line, key)) for key in COUNTED]
    cost = number(line.cost_usd)
    return row([cell(shorten_id(line.what)), *counts, Cell(money(cost), sort=cost)])


def _total(lines: tuple[CostLine, ...]) -> Row:
    counts = [Cell(count(sum(getattr(line, key) for line in lines))) for key in COUNTED]
    known = [cost for line in lines if (cost := number(line.cost_usd)) is not None]
    total = money(sum(known)) if known else "unknown"
    if known and len(known) < len(lines):
        total = f"{total} + unknown"
    return row([Cell("Total"), *counts, Cell(total)], marked=True)
