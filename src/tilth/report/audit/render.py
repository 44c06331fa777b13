"""From the audit's content to its page."""

from datetime import UTC, datetime
from pathlib import Path

from tilth.report.audit.content import AuditContent
from tilth.report.audit.facts import AuditFacts
from tilth.report.audit.sections import SECTIONS
from tilth.report.audit.summary import about, summarize
from tilth.report.blocks import Page
from tilth.report.clean import clean
from tilth.report.page import draw_page, write_page


def render_audit(content: AuditContent) -> str:
    """The audit's page as HTML.

    All texts in `content` count as hostile: they are cleaned, shortened and escaped. What is missing is left out or
    shown as missing. Tables are cut to their first rows, so that the page stays small however large the data are.
    """
    facts = AuditFacts(clean(content))
    known = facts.content
    sections = tuple(section for make in SECTIONS if (section := make(facts)))
    made, below = _when(known.created_at), about(known.counts)
    return draw_page(Page(known.title, made, known.version, summarize(facts), sections, about=below))


def write_audit_report(content: AuditContent, path: Path) -> Path:
    """Render `content` into the file `path`, replacing what was there, and return `path`.

    Raises:
        DataError: the file cannot be written.
    """
    return write_page(render_audit(content), path)


def _when(created_at: str) -> str:
    """ISO 8601 as a person writes it; anything else as it is."""
    try:
        moment = datetime.fromisoformat(created_at)
    except ValueError:
        return created_at
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment.tzinfo else created_at
