"""Sentences that stand in many texts of a category, and what is left of a text without them."""

import numpy as np
from numpy.typing import NDArray

AT_LEAST = 5
_MIX = np.uint64(0x9E3779B97F4A7C15)


def own_chars(
    chars: NDArray[np.int64],
    sentence: NDArray[np.uint64],
    sentence_chars: NDArray[np.int64],
    of_text: NDArray[np.int64],
    category: NDArray[np.int64],
    share: float,
) -> NDArray[np.int64]:
    """Characters of each text without its boilerplate; `chars` where it has none. Shape (texts,).

    A sentence is boilerplate in a category if it stands in more than `share` of the category's texts and in at least
    `AT_LEAST`, however often in each. Sorting takes most of the time: n log n in the number of sentences.

    Args:
        chars: of the whole texts, 0 for none; shape (texts,).
        sentence: hash of each sentence, shape (sentences,).
        sentence_chars, of_text: its characters, and the text it stands in, ascending; shape (sentences,).
        category: of each text, 0 and up; shape (texts,).
    """
    if not len(sentence):
        return chars
    texts = np.bincount(category[chars > 0], minlength=int(category.max()) + 1)
    # One number for sentence and category: equal ones are the same sentence in the same category.
    key = sentence ^ ((category[of_text].astype(np.uint64) + np.uint64(1)) * _MIX)
    order = np.argsort(key, kind="stable")
    key, text = key[order], of_text[order]
    first = np.r_[True, key[1:] != key[:-1]]
    fresh = first | np.r_[True, text[1:] != text[:-1]]
    group = np.cumsum(first) - 1
    counts = np.bincount(group, weights=fresh).astype(np.int64)
    most = np.maximum(share * texts[category[text]], AT_LEAST - 1)
    common = np.zeros(len(sentence), np.bool_)
    common[order] = counts[group] > most
    removed = np.bincount(of_text[common], weights=sentence_chars[common], minlength=len(chars)).astype(np.int64)
    kept = np.bincount(of_text[~common], weights=sentence_chars[~common], minlength=len(chars)).astype(np.int64)
    return np.where(removed > 0, kept, chars)
