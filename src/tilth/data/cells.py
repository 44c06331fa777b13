"""Cells of the CSV files that Tilth writes for people: a spreadsheet must not take a stranger's text for a formula."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
MARK = "'"


def as_cell(text: str) -> str:
    """The text, with a `'` before it where a spreadsheet would take it for a formula."""
    return f"{MARK}{text}" if _looks_like_formula(text) else text


def from_cell(cell: str) -> str:
    """The text that `as_cell` was given."""
    return cell[len(MARK) :] if cell.startswith(MARK) and _looks_like_formula(cell) else cell


def _looks_like_formula(text: str) -> bool:
    """Whether it is a formula behind any marks: texts that begin with one are marked too, so that all come back."""
    bare = text.lstrip(MARK)
    return bare.startswith(FORMULA_STARTS) or bare.lstrip().startswith(FORMULA_STARTS)
