"""What is told of one text at a time: whether it says anything, its forms, its script and language."""

import time

import numpy as np
import pyarrow as pa
import pytest
from fields_helpers import Quiet
from hypothesis import given, settings
from hypothesis import strategies as st

from tilth.audit.fields import forms
from tilth.audit.fields.boilerplate import own_chars
from tilth.audit.fields.facts import FactsJob
from tilth.audit.fields.language import expected_language, judge, open_detector, scripts_for, wrong
from tilth.audit.fields.missing import PLACEHOLDERS, missing
from tilth.audit.fields.scripts import NAMES, UNKNOWN, scripts_of

ENGLISH = "A short walk through the old town, with a stop for coffee at the harbour before we go home."
GERMAN = "Ein kurzer Spaziergang durch die Altstadt mit einer Pause am Hafen, bevor wir nach Hause gehen."
RUSSIAN = "Короткая прогулка по старому городу с остановкой на кофе в порту перед возвращением домой."
URL = "https://www.beispiel.de/die-schönsten-wanderungen-durch-die-altstadt-mit-einer-pause-am-hafen"


def strings(*texts: str | None) -> pa.Array:
    return pa.array(texts, pa.string())


@pytest.mark.parametrize("word", PLACEHOLDERS)
def test_placeholders_are_missing_however_written(word: str):
    assert missing(strings(word, f"  {word.upper()}\n")).to_pylist() == [True, True]


def test_what_says_nothing_is_missing():
    said = strings(
        None, "", " \t\n", "\x00", "\u200b\u202e", "!!!", "Café", "0", "🙂", "None of the above", "١", "NA NA"
    )
    assert missing(said).to_pylist() == [True] * 6 + [False] * 6


def test_missing_values_of_other_types():
    assert missing(pa.array([1.5, float("nan"), None, 0.0])).to_pylist() == [False, True, True, False]
    assert missing(pa.array([False, True, None])).to_pylist() == [False, False, True]
    assert missing(pa.array([["a"], [], None])).to_pylist() == [False, True, True]
    assert missing(strings("a", "n/a", None).dictionary_encode()).to_pylist() == [False, True, True]
    assert missing(strings("a", "n/a", None).cast(pa.large_string())).to_pylist() == [False, True, True]
    assert missing(pa.nulls(2)).to_pylist() == [True, True]


def test_markup_is_seen_and_taken_away():
    texts = strings("<p>One</p><p>two &amp; <b>three</b></p>", "a < b and c > d", "R&D; AT&T", "I <3 it")
    markup = forms.has_markup(texts)
    assert markup.to_pylist() == [True, False, False, False]
    assert forms.visible(texts, markup)[0].as_py() == "One\n\ntwo & three"


def test_garbled_text_is_seen():
    wrong_ones = [text.encode().decode("cp1252") for text in ("Café", "it’s", "25 °C", "naïve", "Größe")]
    texts = strings(*wrong_ones, "\ufffd", "a\x00b", "Café", "it’s 25 °C", "SÃO PAULO", "Â, Ê", "Москва", "größe\t1\n2")
    assert forms.is_garbled(texts).to_pylist() == [True] * 7 + [False] * 6


def test_normal_forms_meet_and_differ():
    def form(text: str) -> str:
        return forms.normal_form(strings(text))[0].as_py()

    assert form("  Senior Accountant (Remote)! ") == form("senior accountant - remote")
    assert form("ﬁne Ｃafé") == form("FINE CAFE\u0301")
    assert len({form("C"), form("C++"), form("C#")}) == 3
    assert form("1.5 in") != form("15 in")
    assert form("dv7-1211") != form("dv7-1212")


@settings(deadline=None)
@given(st.text())
def test_a_normal_form_is_its_own(text: str):
    once = forms.normal_form(strings(text))
    assert forms.normal_form(once) == once


def test_lengths_count_signs_twice():
    assert forms.length(strings("abc", "é", "三体", "한국", "a三", "")).tolist() == [3, 1, 4, 4, 3, 0]


def test_sentences_by_hand():
    pieces, of_text, chars = forms.sentences(strings("Ships free! See 3.5 mm.\nNew", "", "你好。再见", "..."))
    assert pieces.to_pylist() == ["ships free", "see 3.5 mm", "new", "你好", "再见"]
    assert of_text.tolist() == [0, 0, 0, 2, 2]
    assert chars.tolist() == [10, 10, 3, 4, 4]


def test_scripts_by_hand():
    texts = strings(
        "Hello", "Привет", "مرحبا", "שלום", "三体", "カタカナと漢字", "한국어", "abcабв", "12 !?", "Ünïcödé", "𠀀"
    )
    names = [NAMES[code] if code != UNKNOWN else None for code in scripts_of(texts).script]
    expected = ["latin", "cyrillic", "arabic", "hebrew", "han", "kana", "hangul", None, None, "latin", "han"]
    assert names == expected
    assert scripts_of(texts).letters.tolist() == [5, 6, 5, 4, 2, 7, 3, 6, 0, 7, 1]


@settings(deadline=None)
@given(st.lists(st.text(), max_size=5))
def test_every_text_has_a_script_or_none(texts: list[str]):
    found = scripts_of(strings(*texts))
    assert found.script.shape == found.letters.shape == (len(texts),)
    assert ((found.letters > 0) | (found.script == UNKNOWN)).all()


def test_languages_that_are_plain_are_told():
    texts = strings(
        ENGLISH, GERMAN, RUSSIAN, "HP 824A", "한국어로 쓰인 짧은 설명입니다", "Xerox 006R90321 toner cartridge", URL
    )
    _, languages = judge(texts, np.ones(len(texts), np.bool_), open_detector())
    assert languages.to_pylist() == ["en", "de", "ru", None, "ko", None, None]


def test_only_chosen_texts_are_put_to_the_detector():
    texts = strings(GERMAN, GERMAN, RUSSIAN)
    scripts, languages = judge(texts, np.array([True, False, False]), open_detector())
    assert languages.to_pylist() == ["de", None, None]
    assert wrong("en", scripts.script, languages).tolist() == [True, False, True]


def test_near_languages_are_not_wrong():
    languages = strings("no", "da", "sv", None)
    script = np.full(4, NAMES.index("latin"), np.int8)
    assert wrong("nb", script, languages).tolist() == [False, False, True, False]
    cyrillic = np.full(1, NAMES.index("cyrillic"), np.int8)
    assert not wrong("sr", cyrillic, strings(None)).any()
    assert wrong("hr", cyrillic, strings(None)).all()


def test_the_expected_language_needs_two_thirds():
    assert expected_language(strings("en", "en", "de", None)) == "en"
    assert expected_language(strings("en", "en", "de", "de")) is None
    assert expected_language(strings(None, None)) is None
    assert scripts_for("ru") == ("cyrillic",)


def test_boilerplate_by_hand():
    """Sentence 1 stands in all ten texts of category 0 but in only four of category 1; sentence 9 twice in one text."""
    of_text = np.r_[np.arange(14), np.arange(14), [0, 0]]
    sentence = np.r_[np.ones(14), np.arange(100, 114), [9, 9]].astype(np.uint64)
    order = np.argsort(of_text, kind="stable")
    chars = np.full(14, 30, np.int64)
    category = np.r_[np.zeros(10), np.ones(4)].astype(np.int64)
    sizes = np.where(sentence == 1, 20, 10)
    own = own_chars(chars, sentence[order], sizes[order], of_text[order], category, 0.5)
    assert own.tolist() == [30] + [10] * 9 + [30] * 4


def test_a_sentence_in_exactly_the_share_is_no_boilerplate():
    of_text = np.arange(10)
    sentence = np.r_[np.ones(5), np.arange(50, 55)].astype(np.uint64)
    sizes, category, chars = np.full(10, 7), np.zeros(10, np.int64), np.full(10, 7, np.int64)
    assert own_chars(chars, sentence, sizes, of_text, category, 0.5).tolist() == [7] * 10
    assert own_chars(chars, sentence, sizes, of_text, category, 0.49).tolist() == [0] * 5 + [7] * 5


HOSTILE = (
    "<" * 2_000_000,
    "&" * 2_000_000,
    "<a " * 700_000,
    "a. " * 700_000,
    "\x00" * 1_000_000,
    "🙂" * 500_000,
    "\u202e" + "שלום עולם " * 100_000,
    "e" + "\u0301" * 1_000_000,
    "&#x" + "9" * 100_000 + ";",
    "\r\n" * 1_000_000,
    "Ã©" * 1_000_000,
)


def test_hostile_texts_take_bounded_time():
    texts = pa.array([*HOSTILE, *reversed(HOSTILE)], pa.string())
    table = pa.table({"id": [str(row) for row in range(len(texts))], "title": texts, "text": texts})
    worker = FactsJob(("title", "text"), (), 1.0).open()
    began = time.process_time()
    facts = worker(table, Quiet())
    assert time.process_time() - began < 10
    assert facts["text.form"][0] == facts["text.form"][len(texts) - 1]
    assert max(facts["text.chars"].to_pylist()) <= 2 * forms.MAX_CHARS


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(), min_size=1, max_size=6))
def test_facts_of_any_text(texts: list[str]):
    table = pa.table({"id": [str(row) for row in range(len(texts))], "title": texts, "text": texts})
    facts = WORKER(table, Quiet())
    assert facts.num_rows == len(texts)
    assert facts["text.missing"] == facts["title.missing"]
    assert all(
        found or chars > 0
        for found, chars in zip(
            *map(pa.ChunkedArray.to_pylist, (facts["text.missing"], facts["text.chars"])), strict=True
        )
    )
    for sizes, chars in zip(facts["text.sentence_chars"].to_pylist(), facts["text.chars"].to_pylist(), strict=True):
        assert sum(sizes) <= 4 * chars + 4


WORKER = FactsJob(("title", "text"), (), 1.0).open()
