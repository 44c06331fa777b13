"""CSV: what is read, on which row it stood, and what is said about the rest."""

import pytest
from data_helpers import brief, put, read

from tilth.errors import DataError


def test_rows_are_counted_as_records_with_the_header_as_row_1(tmp_path):
    # Row 1 the header, 2 a cell over two lines, 3 ragged, 4 blank, 5 fine.
    path = put(tmp_path, "a.csv", 'a,b\n1,"x\ny"\nonly one\n\n2,z\n')
    found, rejects = read(path, "a", "b")
    assert found == [(2, "1", "x\ny"), (5, "2", "z")]
    assert brief(rejects) == [(3, "", "has 1 cells where the header has 2")]
    assert rejects.rows[0].value == "only one"
    assert rejects.rows[0].path == path


def test_rows_are_right_across_batches(tmp_path, monkeypatch):
    monkeypatch.setattr("tilth.data.batch.BATCH_ROWS", 3)
    lines = ["a,b", *(f"{row},v" if row % 7 else f"{row}" for row in range(2, 60))]
    found, rejects = read(put(tmp_path, "a.csv", "\n".join(lines)), "a")
    assert [(row, a) for row, a in found] == [(row, str(row)) for row in range(2, 60) if row % 7]
    assert [reject.row for reject in rejects.rows] == [7, 14, 21, 28, 35, 42, 49, 56]


@pytest.mark.parametrize("block", [1, 2, 3, 7, 64])
def test_blocks_may_end_anywhere(tmp_path, monkeypatch, block):
    monkeypatch.setattr("tilth.data.lines.BLOCK_BYTES", block + 16)
    path = put(tmp_path, "a.csv", 'a,b\r\n1,"é\r\nü"\r\n\r\n22222222222222222222,ß\r\n3,4')
    found, rejects = read(path, "a", "b")
    assert found == [(2, "1", "é\r\nü"), (4, "2" * 20, "ß"), (5, "3", "4")]
    assert not rejects.rows


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_byte_order_mark(tmp_path, end):
    path = put(tmp_path, "a.csv", "\ufeff" + end.join(["a,b", "1,2", "3,4"]))
    assert read(path, "a", "b")[0] == [(2, "1", "2"), (3, "3", "4")]


def test_only_the_wanted_columns_in_the_wanted_order(tmp_path):
    path = put(tmp_path, "a.tsv", "a\tb\tc\n1\t2\t3\n")
    assert read(path, "c", "a")[0] == [(2, "3", "1")]


def test_quotes_written_twice_and_separators_inside(tmp_path):
    path = put(tmp_path, "a.csv", 'a,b\n"5"" pipe","x, y"\n')
    assert read(path, "a", "b")[0] == [(2, '5" pipe', "x, y")]


def test_unicode_line_separators_end_no_line(tmp_path):
    path = put(tmp_path, "a.csv", "a,b\nx\u2028y\x0b\x0c\x85z,2\n")
    assert read(path, "a", "b")[0] == [(2, "x\u2028y\x0b\x0c\x85z", "2")]


def test_bytes_that_are_not_utf8_reject_the_row_and_name_the_column(tmp_path):
    path = put(tmp_path, "a.csv", b"a,b,c\n1,2,\xff\n1,caf\xe9,3\n3,4,5\nragged\xff\n")
    found, rejects = read(path, "a", "b")
    assert found == [(2, "1", "2"), (4, "3", "4")]  # column c is not used
    assert (3, "b", "is not UTF-8") in brief(rejects)
    assert {reject.value for reject in rejects.rows} == {"caf\\xe9", "ragged\\xff"}


def test_a_null_byte_rejects_the_row(tmp_path):
    found, rejects = read(put(tmp_path, "a.csv", b"a,b\n1,2\x00\n3,4\n"), "a", "b")
    assert found == [(3, "3", "4")]
    assert brief(rejects) == [(2, "b", "holds a null byte")]


def test_text_behind_a_closing_quote_rejects_its_row_only(tmp_path):
    found, rejects = read(put(tmp_path, "a.csv", 'a,b\n1,"x" y\n2,z\n'), "a", "b")
    assert found == [(3, "2", "z")]
    assert rejects.rows[0].row == 2
    assert "quote" in rejects.rows[0].reason


@pytest.mark.parametrize(
    "content",
    ['a,b\n0,0\n1,"never closed\n2,x\n3,y\n', 'a,b\n0,0\n1,"closed by the next\n2,"x"\n3,y\n'],
)
def test_a_quote_that_swallows_rows_is_an_error_where_it_opens(tmp_path, content):
    with pytest.raises(DataError, match=r"row 3: .*quote.*starts on line 3") as caught:
        read(put(tmp_path, "a.csv", content), "a", "b")
    assert caught.value.row == 3
    assert "written twice" in str(caught.value)


def test_a_cell_beyond_the_limit_rejects_its_row(tmp_path):
    found, rejects = read(put(tmp_path, "a.csv", "a,b\n1," + "x" * 140_000 + "\n2,z\n"), "a", "b")
    assert found == [(3, "2", "z")]
    assert brief(rejects) == [(2, "", "has a cell of over 131,072 characters")]


def test_a_line_without_end_is_refused_in_bounded_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("tilth.data.lines.MAX_LINE_BYTES", 1 << 20)
    path = put(tmp_path, "a.csv", b"a,b\n1,2\n" + b"x" * (5 << 20))
    with pytest.raises(DataError, match=r"row 3: has a line of over 1 MB"):
        read(path, "a", "b")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b" \r\n\n", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (b"a,b\n", "has a header but no rows"),
        (b"a,b", "has a header but no rows"),
        (b"a,b\n\n  \n", "has a header but no rows"),
        (b"\na,b\n1,2\n", "row 1: the first row is blank"),
        (b"a\xff,b\n1,2\n", "row 1: the header is not UTF-8"),
        (b'a,"b\n1,2\n', "row 1: the header is not CSV"),
        (b"x,y\n1,2\n", "column 'a': no such column\n  hint: the file has: 'x', 'y'"),
        (b" a,b\n1,2\n", "column 'a': no such column\n  hint: the file has: ' a', 'b'"),
        (b"a;b\n1;2\n", "separate its columns by commas"),
        (b"a,b,a\n1,2,3\n", "column 'a': the column stands there twice"),
        ("a,b\n1,2\n".encode("utf-16"), "is UTF-16"),
        ("a,b\n1,2\n".encode("utf-16-be"), "holds null bytes"),
        (b"PAR1....", "is a Parquet file"),
        (b"PK\x03\x04....", "is a zip file or a spreadsheet"),
        (b"\x1f\x8b....", "is compressed with gzip"),
    ],
)
def test_files_that_cannot_be_used(tmp_path, content, message):
    path = put(tmp_path, "a.csv", content)
    with pytest.raises(DataError) as caught:
        read(path, "a", "b")
    assert str(caught.value).startswith(path)
    assert message in str(caught.value)


def test_a_name_twice_in_the_header_matters_only_where_it_is_used(tmp_path):
    assert read(put(tmp_path, "a.csv", "a,b,b\n1,2,3\n"), "a")[0] == [(2, "1")]


def test_a_file_of_ragged_rows_only_gives_rejects_and_no_error(tmp_path):
    found, rejects = read(put(tmp_path, "a.csv", "a,b\n1\n1,2,3\n"), "a", "b")
    assert found == []
    assert [reject.row for reject in rejects.rows] == [2, 3]
