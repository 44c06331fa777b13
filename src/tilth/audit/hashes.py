"""A hash of ids that is the same in every process, version and machine."""

from hashlib import blake2b

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_WORD = 8
_LONG = 256  # bytes; a longer id is hashed by itself, as the words of all others would wait for its own
_SEED, _STEP = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)


def hash64(values: pa.Array | pa.ChunkedArray) -> NDArray[np.uint64]:
    """A 64-bit hash of each string, shape (len(values),); of null as of the empty one.

    The UTF-8 bytes are read as little-endian words of eight, the last one filled up with zeros. Each is mixed in by
    `h = mix((h ^ word) * STEP)`, starting from the length, where `mix` is the finalizer of SplitMix64 (Steele, Lea and
    Flood 2014), which is a bijection: strings of up to eight bytes and one length never collide. It is no protection
    against somebody who makes ids collide on purpose.
    """
    array = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    strings = pc.fill_null(array.cast(pa.large_string()), "")
    _, ends, content = strings.buffers()
    offsets = np.frombuffer(ends, np.int64)[strings.offset : strings.offset + len(strings) + 1]
    starts, lengths = offsets[:-1], np.diff(offsets)
    out = _mix(lengths.astype(np.uint64) * _STEP + _SEED)
    if content is None or not content.size:
        return out
    words = _words(content)
    at, place = np.arange(len(starts)), 0
    while len(at := at[lengths[at] > place] if place else np.flatnonzero((lengths > 0) & (lengths <= _LONG))):
        left = np.minimum(lengths[at] - place, _WORD).astype(np.uint64)
        word = words[starts[at] + place] & (~np.uint64(0) >> (np.uint64(64) - np.uint64(8) * left))
        out[at] = _mix((out[at] ^ word) * _STEP)
        place += _WORD
    for row in np.flatnonzero(lengths > _LONG).tolist():
        text = content[int(starts[row]) : int(offsets[row + 1])].to_pybytes()
        out[row] = np.frombuffer(blake2b(text, digest_size=_WORD).digest(), "<u8")[0]
    return out


def _words(content: pa.Buffer) -> NDArray[np.uint64]:
    """The word that starts at each byte. Read only where it is used: a copy of the bytes, no more."""
    padded = np.zeros(content.size + _WORD, np.uint8)
    padded[: content.size] = np.frombuffer(content, np.uint8)
    return np.ndarray((content.size,), "<u8", padded, strides=(1,))


def _mix(hashed: NDArray[np.uint64]) -> NDArray[np.uint64]:
    hashed = (hashed ^ (hashed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    hashed = (hashed ^ (hashed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return hashed ^ (hashed >> np.uint64(31))
