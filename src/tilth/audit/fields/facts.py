"""What is found out about each item by itself: a job over partitions of the catalog."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.audit.fields import forms
from tilth.audit.fields.language import Detector, judge, open_detector
from tilth.audit.fields.missing import missing
from tilth.audit.hashes import hash64
from tilth.engine import Signals

TEXT_FIELDS = ("title", "text")


@dataclass(frozen=True)
class FactsJob:
    """`language_share` of the items, chosen by a hash of their id, have their text's language told."""

    columns: tuple[str, ...]
    """The fields to look at."""
    sized: tuple[str, ...]
    """Those, besides title and text, whose characters are counted."""
    language_share: float

    def open(self) -> "FactsWorker":
        return FactsWorker(self, open_detector())


class FactsWorker:
    """One row per item, in order. Columns `<field>.missing` for each field, and what `_text_facts` tells of title and
    text; for text also `language`, and `sentences` (hashes) and `sentence_chars`, one each per sentence."""

    def __init__(self, job: FactsJob, detector: Detector) -> None:
        self._job, self._detector = job, detector

    def __call__(self, partition: pa.Table, signals: Signals) -> pa.Table:
        facts: dict[str, pa.Array] = {}
        for name in self._job.columns:
            column = partition[name].combine_chunks()
            if name in TEXT_FIELDS:
                chosen = self._chosen(partition["id"]) if name == "text" else np.zeros(len(column), np.bool_)
                facts |= _text_facts(name, column, chosen, self._detector if name == "text" else None)
            else:
                facts[f"{name}.missing"] = missing(column)
            if name in self._job.sized:
                facts[f"{name}.chars"] = pa.array(forms.length(pc.utf8_trim_whitespace(forms.clip(column))))
        signals.add(items=partition.num_rows)
        return pa.table(facts)

    def close(self) -> None:
        pass

    def _chosen(self, ids: pa.ChunkedArray) -> NDArray[np.bool_]:
        return hash64(ids) / 2.0**64 < self._job.language_share


def _text_facts(name: str, raw: pa.Array, chosen: NDArray[np.bool_], detector: Detector | None) -> dict[str, pa.Array]:
    """`missing`, `markup`, `garbled`; `chars` that a reader sees; `form`, the hash of the normal form, null where
    missing; `script`. With a detector also the language and the sentences."""
    texts = forms.clip(raw)
    markup = forms.has_markup(texts)
    garbled = forms.is_garbled(texts)
    texts = forms.visible(texts, markup)
    gone = missing(texts)
    texts = pc.if_else(gone, "", texts)
    scripts, languages = judge(texts, chosen, detector)
    facts = {
        "missing": gone,
        "markup": markup,
        "garbled": garbled,
        "chars": pa.array(forms.length(texts)),
        "form": pc.if_else(gone, pa.scalar(None, pa.uint64()), pa.array(forms.hashes(forms.normal_form(texts)))),
        "script": pa.array(scripts.script),
    }
    if detector is not None:
        pieces, of_text, chars = forms.sentences(texts)
        offsets = pa.array(np.searchsorted(of_text, np.arange(len(texts) + 1)).astype(np.int32))
        facts["language"] = languages
        facts["sentences"] = pa.ListArray.from_arrays(offsets, pa.array(forms.hashes(pieces)))
        facts["sentence_chars"] = pa.ListArray.from_arrays(offsets, pa.array(chars.astype(np.int32)))
    return {f"{name}.{key}": value for key, value in facts.items()}
