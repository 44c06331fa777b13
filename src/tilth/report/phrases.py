"""Words of the data and of other parts, made to stand in a sentence of the page or as one."""


def sentence_case(text: str) -> str:
    """The first letter large, the rest as it is."""
    return text[:1].upper() + text[1:]


def full_sentence(text: str) -> str:
    """With a large letter at its start and a mark at its end; empty stays empty."""
    ended = text if not text or text[-1] in ".!?…" else f"{text}."
    return sentence_case(ended)
