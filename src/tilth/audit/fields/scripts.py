"""In which script a text is written, by ranges of Unicode."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

SCRIPTS: dict[str, tuple[tuple[int, int], ...]] = {
    "latin": (
        *((0x41, 0x5A), (0x61, 0x7A), (0xAA, 0xAA), (0xBA, 0xBA), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x24F)),
        *((0x1E00, 0x1EFF), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A)),
    ),
    "greek": ((0x370, 0x3FF), (0x1F00, 0x1FFF)),
    "cyrillic": ((0x400, 0x52F), (0x1C80, 0x1C8F), (0x2DE0, 0x2DFF), (0xA640, 0xA69F)),
    "armenian": ((0x531, 0x58F),),
    "hebrew": ((0x591, 0x5F4),),
    "arabic": (
        *((0x620, 0x65F), (0x66E, 0x6EF), (0x6FA, 0x6FF), (0x750, 0x77F), (0x8A0, 0x8FF), (0xFB50, 0xFDFF)),
        *((0xFE70, 0xFEFC),),
    ),
    "devanagari": ((0x900, 0x965), (0x970, 0x97F)),
    "bengali": ((0x980, 0x9E5), (0x9F0, 0x9FF)),
    "gurmukhi": ((0xA00, 0xA7F),),
    "gujarati": ((0xA80, 0xAFF),),
    "oriya": ((0xB00, 0xB7F),),
    "tamil": ((0xB80, 0xBFF),),
    "telugu": ((0xC00, 0xC7F),),
    "kannada": ((0xC80, 0xCFF),),
    "malayalam": ((0xD00, 0xD7F),),
    "sinhala": ((0xD80, 0xDFF),),
    "thai": ((0xE01, 0xE4E),),
    "lao": ((0xE80, 0xEFF),),
    "tibetan": ((0xF00, 0xFFF),),
    "burmese": ((0x1000, 0x109F),),
    "georgian": ((0x10A0, 0x10FF), (0x1C90, 0x1CBF)),
    "ethiopic": ((0x1200, 0x139F),),
    "khmer": ((0x1780, 0x17DF),),
    "hangul": ((0x1100, 0x11FF), (0x3131, 0x318E), (0xAC00, 0xD7A3)),
    "kana": ((0x3041, 0x309F), (0x30A1, 0x30FA), (0x30FC, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9D)),
    "han": ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF)),
}
NAMES = tuple(SCRIPTS)
UNKNOWN = -1
_NONE = len(NAMES)
_CODE_POINTS = 1 << 16
_MOST = 0.6  # of a text's letters have to be in a script for the text to be in it


@dataclass(frozen=True)
class Scripts:
    """`script` is an index into `NAMES`, `UNKNOWN` where no script has most of the letters; both shape (texts,)."""

    script: NDArray[np.int8]
    letters: NDArray[np.int64]


def scripts_of(texts: pa.Array) -> Scripts:
    """The script of each text. Japanese (Han with kana in it) counts as kana."""
    count = len(texts)
    points = np.frombuffer("".join(texts.to_pylist()).encode("utf-32-le"), np.uint32)
    of_text = np.repeat(np.arange(count), np.asarray(pc.utf8_length(texts), np.int64))
    codes = np.full(len(points), _NONE, np.uint8)
    basic = points < _CODE_POINTS
    codes[basic] = _TABLE[points[basic]]
    codes[(points >= 0x20000) & (points < 0x32000)] = NAMES.index("han")
    width = _NONE + 1
    counts = np.bincount(of_text * width + codes, minlength=count * width).reshape(count, width)[:, :_NONE]
    letters = counts.sum(axis=1)
    kana, han = NAMES.index("kana"), NAMES.index("han")
    japanese = counts[:, kana] * 10 > counts[:, han]
    counts[japanese, kana] += counts[japanese, han]
    best = counts.argmax(axis=1)
    clear = counts[np.arange(count), best] >= np.maximum(_MOST * letters, 1)
    return Scripts(np.where(clear, best, UNKNOWN).astype(np.int8), letters)


def _table() -> NDArray[np.uint8]:
    table = np.full(_CODE_POINTS, _NONE, np.uint8)
    for code, ranges in enumerate(SCRIPTS.values()):
        for first, last in ranges:
            table[first : last + 1] = code
    return table


_TABLE = _table()
