"""From content to the page."""

from pathlib import Path

from tilth.report.blocks import Page
from tilth.report.clean import clean
from tilth.report.filtering.content import Content
from tilth.report.filtering.facts import Facts
from tilth.report.filtering.sections import SECTIONS
from tilth.report.filtering.summary import summarize
from tilth.report.page import draw_page, write_page


def render(content: Content) -> str:
    """The page as HTML.

    All texts in `content` count as hostile: they are cleaned, shortened and escaped. Parts that are None or empty are
    left out, and numbers that are missing are shown as missing.
    """
    facts = Facts(clean(content))
    known = facts.content
    sections = tuple(section for make in SECTIONS if (section := make(facts)))
    return draw_page(Page(known.title, known.created_at, known.version, summarize(facts), sections))


def write_report(content: Content, path: Path) -> Path:
    """Render `content` into the file `path`, replacing what was there, and return `path`.

    Raises:
        DataError: the file cannot be written.
    """
    return write_page(render(content), path)
