"""What a ranker sees of a suggestion that is offered for what was typed."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.suggester.keys import key_text
from tilth.artifacts.suggester.suggested import Suggested

FEATURES = (
    "score",
    "below_best",
    "rank",
    "words",
    "chars",
    "chars_left",
    "words_left",
    "typed_chars",
    "typed_words",
    "at_word_end",
    "edits",
    "source",
    "category",
)


def features(
    typed: str, offered: Sequence[Suggested], sources: Sequence[str], weights: Sequence[float] | None = None
) -> NDArray[np.float32]:
    """(n, 13), by the names of FEATURES. `sources` numbers the sources, unknown ones -1; `weights` (n,) say how much
    each one's category is worth here (demand, or what the user likes), 0 where nothing is known.
    """
    text = key_text(typed)
    numbers = {source: number for number, source in enumerate(sources)}
    best = offered[0].score if offered else 0.0
    rows = [
        (
            one.score,
            best - one.score,
            place,
            one.query.count(" ") + 1,
            len(one.query),
            len(one.query) - len(text),
            one.query.count(" ", len(text)),
            len(text),
            len(text.split()),
            text[-1:] == " ",
            one.edits,
            numbers.get(one.source, -1),
            weights[place] if weights else 0.0,
        )
        for place, one in enumerate(offered)
    ]
    return np.array(rows, dtype=np.float32).reshape(-1, len(FEATURES))
