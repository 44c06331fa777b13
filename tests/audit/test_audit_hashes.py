"""A hash of ids that never changes."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tilth.audit.hashes import hash64

KEPT = {
    "user-1": 0xA6F8B254FDDCEDF2,
    "": 0xE220A8397B1DCDAF,
    "ä" * 20: 0x88F7E93B44D70AEC,
    "x" * 257: 0x76C3513E21D32A54,
}
"""Hashes that audits of the past rest on."""


def by_hand(text: str) -> int:
    """The definition in Python's own integers."""
    mask = (1 << 64) - 1

    def mix(value: int) -> int:
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9 & mask
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB & mask
        return value ^ (value >> 31)

    content = text.encode()
    hashed = mix((len(content) * 0xD6E8FEB86659FD93 + 0x9E3779B97F4A7C15) & mask)
    for start in range(0, len(content), 8):
        word = int.from_bytes(content[start : start + 8], "little")
        hashed = mix((hashed ^ word) * 0xD6E8FEB86659FD93 & mask)
    return hashed


@given(st.lists(st.text(max_size=40), max_size=20), st.integers(0, 5))
def test_it_is_what_its_definition_says(texts: list[str], skipped: int) -> None:
    hashes = hash64(pa.array(texts, pa.string()).slice(skipped))
    assert hashes.tolist() == [by_hand(text) for text in texts[skipped:]]


def test_it_stays_the_same() -> None:
    assert hash64(pa.chunked_array([list(KEPT)[:2], list(KEPT)[2:]])).tolist() == list(KEPT.values())


def test_null_is_as_the_empty_string_and_large_strings_are_as_small_ones() -> None:
    assert hash64(pa.array([None, ""], pa.large_string())).tolist() == [by_hand("")] * 2
    assert len(hash64(pa.array([], pa.string()))) == 0


def test_long_ids_differ_by_their_last_byte() -> None:
    hashes = hash64(pa.array(["x" * 5000 + str(n) for n in range(50)]))
    assert len(np.unique(hashes)) == 50


def test_similar_ids_are_spread_evenly() -> None:
    hashes = hash64(pa.array([f"user-{n}" for n in range(32_000)]))
    assert len(np.unique(hashes)) == 32_000
    counts = np.bincount((hashes >> np.uint64(59)).astype(np.int64), minlength=32)
    assert ((counts - 1000) ** 2 / 1000).sum() < 61.1  # chi-square with 31 degrees of freedom, p = 0.001
