"""How many of something."""


def counted(n: int, one: str, many: str | None = None) -> str:
    """`3,446 items`, `1 item`; `many` where it is not `one` with an s."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"
