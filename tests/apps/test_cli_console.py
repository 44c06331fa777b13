"""What a stranger's text can do to a terminal: nothing."""

import pytest

from tilth.apps.cli.console import fail, note, print_table, say

HOSTILE = "red \x1b[31m lamp\x1b]0;title\x07\r\u202e"
SHOWN = r"red \x1b[31m lamp\x1b]0;title\x07\x0d\u202e"


def test_lines_tables_notes_and_errors_hold_no_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    say(HOSTILE)
    print_table("", ["text", "n"], [(HOSTILE, 1)])
    note(HOSTILE)
    fail(HOSTILE)
    said = capsys.readouterr()
    assert said.out.count(SHOWN) == 2
    assert said.err.splitlines() == [SHOWN, f"error: {SHOWN}"]


def test_lines_of_one_text_stay_lines(capsys: pytest.CaptureFixture[str]) -> None:
    fail("no such file\n  hint: look again")
    assert capsys.readouterr().err == "error: no such file\n  hint: look again\n"
