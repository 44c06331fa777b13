"""Text of unknown length, cut to fit a message."""


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters; where something was cut the end says so."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
