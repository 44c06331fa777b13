"""Text that a terminal shows and does not obey."""

import unicodedata

_KEPT = "\n"


def printable(text: str) -> str:
    """`text` with every control, format, surrogate and private character written as its escape, such as `\\x1b`.

    Line ends stay. Format characters go too, as those that turn the direction of writing make a text look like another.
    """
    return "".join(char if char in _KEPT or unicodedata.category(char)[0] != "C" else _escape(char) for char in text)


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
