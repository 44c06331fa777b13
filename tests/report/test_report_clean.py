import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from report_sample import content

from tilth.report.clean import MAX_CHARS, clean, clean_text, distinct_ids, shorten, shorten_id

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=60)


@given(ANYTHING)
def test_cleaned_text_can_be_written_and_hides_nothing(text):
    cleaned = clean_text(text)
    cleaned.encode("utf-8")
    assert not any(unicodedata.category(char) == "Cc" and char not in "\n\t" for char in cleaned)
    assert not set(cleaned) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def test_unsafe_characters_are_spelled_out():
    assert clean_text("a\u202eb\x00c\r\nd") == "a[U+202E]b[U+0000]c\nd"


def test_ordinary_text_of_any_script_stays_as_it_is():
    for text in ("ingénieur à Zürich", "مهندس برمجيات", "工程师", "👩‍🔬 lab\tlead"):
        assert clean_text(text) == text


def test_megabytes_are_cut_and_say_so():
    cleaned = clean_text("x" * 3_000_000)
    assert len(cleaned) < MAX_CHARS + 60
    assert cleaned.endswith("[20,000 of 3,000,000 characters shown]")


def test_texts_are_found_wherever_they_are():
    assert clean({"\x01": ["\x02", ("\x03", 1, None)]}) == {"[U+0001]": ["[U+0002]", ("[U+0003]", 1, None)]}
    dirty = clean(content(title="a\x00", comparison={"notes": ["\x00"]}))
    assert dirty.title == "a[U+0000]"
    assert dirty.comparison == {"notes": ["[U+0000]"]}


@given(ANYTHING, st.integers(4, 40))
def test_shortened_text_is_one_line_within_its_limit(text, limit):
    for short in (shorten(text, limit), shorten_id(text, limit)):
        assert len(short) <= limit
        assert "\n" not in short


def test_text_is_cut_at_a_word_and_an_id_in_its_middle():
    assert shorten("one two three four", 12) == "one two…"
    assert shorten_id("model:provider/name-2025-01", 13) == "model:…025-01"


def test_ids_that_become_alike_are_told_apart():
    labels = distinct_ids(["a" * 50 + "1" * 50, "a" * 50 + "2" + "1" * 50, "a (2)", "a", "a"], 20)
    assert len(set(labels)) == 5
