"""Cells of the CSV files that Tilth writes for people: a spreadsheet must not take a stranger's text for a formula."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
MARK = "'"


def as_cell(text: str) -> str:
    """The text, with a `'` before it where a spreadsheet would take it for a formula."""
    return f"{MARK}{text}" if _looks_like_formula(text.removeprefix(MARK)) else text


def from_cell(cell: str) -> str:
    """The text that `as_cell` was given."""
    rest = cell.removeprefix(MARK)
    return rest if rest != cell and _looks_like_formula(rest.removeprefix(MARK)) else cell


def _looks_like_formula(text: str) -> bool:
    return text.startswith(FORMULA_STARTS) or text.lstrip().startswith(FORMULA_STARTS)
