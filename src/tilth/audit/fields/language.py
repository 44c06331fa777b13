"""In which language a text is, where that can be told with confidence."""

from collections.abc import Sequence
from functools import cache
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.audit.fields.scripts import NAMES, UNKNOWN, Scripts, scripts_of

PREFIX = 200
"""Characters of a text that are looked at. More made no difference on podcasts' descriptions."""
CONFIDENT = 0.8
"""A language below this probability is not taken for known. On 14,000 texts and titles of catalogs in English, none
above it was a false alarm."""
LEAST_LETTERS = 30
"""For a language to be told by them; of scripts in which a sign is a syllable or a word, `LEAST_OF_SCRIPT`."""
LEAST_OF_SCRIPT = 10
"""For a script to count."""

_ADDRESS = r"https?://\S+|www\.\S+"
_SIGN_SCRIPTS = ("hangul", "kana", "han")
_ONE_LANGUAGE = {
    "hangul": "ko",
    "kana": "ja",
    "greek": "el",
    "thai": "th",
    "georgian": "ka",
    "armenian": "hy",
    "hebrew": "he",
    "tamil": "ta",
    "telugu": "te",
    "gujarati": "gu",
    "gurmukhi": "pa",
    "kannada": "kn",
    "malayalam": "ml",
    "sinhala": "si",
    "khmer": "km",
    "lao": "lo",
}
_SCRIPTS_OF = {
    **{language: (script,) for script, language in _ONE_LANGUAGE.items()},
    **dict.fromkeys(("be", "bg", "ky", "mk", "ru", "tg", "tt", "uk", "ba"), ("cyrillic",)),
    **dict.fromkeys(("az", "bs", "kk", "mn", "sr", "uz", "tk"), ("cyrillic", "latin")),
    **dict.fromkeys(("ar", "fa", "ps", "ug", "ur", "arz"), ("arabic",)),
    **dict.fromkeys(("hi", "mr", "ne", "sa"), ("devanagari",)),
    **dict.fromkeys(("as", "bn"), ("bengali",)),
    **dict.fromkeys(("am", "ti"), ("ethiopic",)),
    **dict.fromkeys(("zh", "wuu", "yue"), ("han",)),
    "ja": ("kana", "han"),
    "ko": ("hangul", "han"),
    "ku": ("latin", "arabic"),
    "my": ("burmese",),
    "or": ("oriya",),
}
_NEAR = (
    frozenset({"no", "nb", "nn", "da"}),
    frozenset({"hr", "sr", "bs"}),
    frozenset({"id", "ms"}),
    frozenset({"pt", "gl"}),
    frozenset({"es", "gl", "an", "ext"}),
    frozenset({"nl", "af"}),
    frozenset({"cs", "sk"}),
    frozenset({"zh", "wuu", "yue"}),
    frozenset({"ar", "arz", "ary"}),
    frozenset({"az", "tr"}),
)
"""Languages that short texts do not tell apart."""


class Detector(Protocol):
    """Tells languages apart."""

    def __call__(self, text: str) -> tuple[str, float]:
        """The likeliest language (ISO 639-1 where it has such a code) and its probability."""
        ...


@cache
def open_detector() -> Detector:
    """py3langid: naive Bayes over byte n-grams (Lui and Baldwin 2011, 2012), its model part of the package.

    Loaded once a process, which takes half a second and 70 MB. It is safe from any thread.
    """
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True).classify


def judge(texts: pa.Array, chosen: NDArray[np.bool_], detector: Detector | None) -> tuple[Scripts, pa.Array]:
    """Script of each text, and its language where that is plain; null elsewhere. Shapes (texts,).

    Args:
        chosen: texts that `detector` may be asked about, shape (texts,); without one, scripts alone decide.
    """
    heads = pc.replace_substring_regex(pc.utf8_slice_codeunits(texts, 0, PREFIX), _ADDRESS, " ")
    found = scripts_of(heads)
    scripts = Scripts(np.where(found.letters >= LEAST_OF_SCRIPT, found.script, UNKNOWN).astype(np.int8), found.letters)
    signs = np.isin(scripts.script, [NAMES.index(name) for name in _SIGN_SCRIPTS])
    names = np.array([_ONE_LANGUAGE.get(name) for name in NAMES] + [None], object)
    languages = names[scripts.script]
    if detector is not None:
        known = (scripts.script == UNKNOWN) | np.array([name is not None for name in languages], np.bool_)
        asked = np.flatnonzero(chosen & ~known & (signs | (scripts.letters >= LEAST_LETTERS)))
        for row, text in zip(asked.tolist(), heads.take(pa.array(asked)).to_pylist(), strict=True):
            language, sure = detector(text)
            if sure >= CONFIDENT and NAMES[scripts.script[row]] in scripts_for(language):
                languages[row] = language
    return scripts, pa.array(languages.tolist(), pa.string())


def scripts_for(language: str) -> tuple[str, ...]:
    """The scripts that a language is written in."""
    return _SCRIPTS_OF.get(language, ("latin",))


def expected_language(languages: pa.Array | pa.ChunkedArray) -> str | None:
    """The language that most of the texts are in whose language is known; None without two thirds for one.

    Two thirds, since a catalog that is meant to be in several languages has no wrong one.
    """
    counts = pc.value_counts(pc.drop_null(languages)).to_pylist()
    if not counts:
        return None
    best = max(counts, key=lambda count: (count["counts"], count["values"]))
    return best["values"] if 3 * best["counts"] >= 2 * sum(count["counts"] for count in counts) else None


def wrong(expected: str, script: NDArray[np.int8], languages: pa.Array | pa.ChunkedArray) -> NDArray[np.bool_]:
    """Which texts are plainly not in the expected language, shape (texts,): by their script or their language."""
    codes = [NAMES.index(name) for name in scripts_for(expected)]
    foreign_script = (script != UNKNOWN) & ~np.isin(script, codes)
    near: Sequence[str] = sorted({expected}.union(*(group for group in _NEAR if expected in group)))
    same = pc.is_in(languages, value_set=pa.array(near, pa.string()))
    foreign = pc.and_(pc.is_valid(languages), pc.invert(same))
    return foreign_script | np.asarray(foreign)
