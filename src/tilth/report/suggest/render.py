"""From an evaluation, as evaluation.json has it, to its page."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from tilth.report.blocks import Figures, KeyNumber, Page, Section, Summary
from tilth.report.clean import clean, shorten
from tilth.report.numbers import count, measured, plural, share
from tilth.report.page import draw_page, write_page
from tilth.report.phrases import full_sentence, moment
from tilth.report.suggest.charts import figures, typical_chars
from tilth.report.suggest.tables import slices_table, sources_table, variants_table, verdicts_table

MAX_NOTE = 600


@dataclass(frozen=True)
class SuggestContent:
    """`result` as evaluation.json has it."""

    title: str
    created_at: str
    version: str
    result: dict[str, Any]


def render_suggest(content: SuggestContent) -> str:
    """The page as HTML. All texts in `content` count as hostile; numbers that are missing are shown as missing."""
    known: SuggestContent = clean(content)
    found = known.result
    sections = (_sources(found), _measures(found), _slices(found), _method(found))
    return draw_page(
        Page(known.title, moment(known.created_at), known.version, _summary(found), sections, about=_about(found))
    )


def write_suggest_report(content: SuggestContent, path: Path) -> Path:
    """Render `content` into the file `path`, replacing what was there, and return `path`.

    Raises:
        DataError: the file cannot be written.
    """
    return write_page(render_suggest(content), path)


def _about(found: dict[str, Any]) -> str:
    searches = plural(found["searches"], "held-out search", "held-out searches")
    return f"{searches} · {count(found['clusters'])} {found['people']}"


def _summary(found: dict[str, Any]) -> Summary:
    shipped, typed = shipped_of(found), typical_chars(found)
    measures = shipped["measures"]
    covered, hit = measured(measures["coverage"], share), measured(measures["hit"][typed], share)
    saved, never = measured(measures["saved"], share), measured(shipped["never"], share)
    sentences = [
        Markup("Some suggestion says what was searched for in {} of the later searches.").format(covered),
        Markup("After {} characters it is among the first ten in {}.").format(typed, hit),
        Markup("{} of all characters need not be typed.").format(saved),
        Markup("{} of the items are brought back by no suggestion.").format(never),
        *(Markup("{}").format(full_sentence(shorten(one["sentence"], MAX_NOTE))) for one in found["verdicts"]),
    ]
    numbers = [
        KeyNumber("Demand covered", covered.text, covered.interval),
        KeyNumber(f"Among ten after {typed}", hit.text, hit.interval),
        KeyNumber("Keystrokes saved", saved.text, saved.interval),
        KeyNumber("Items never found", never.text, never.interval),
    ]
    notes = [Markup("{}").format(full_sentence(shorten(note, MAX_NOTE))) for note in found["notes"]]
    return Summary(tuple(sentences), tuple(numbers), tuple(notes), listed=True)


def _sources(found: dict[str, Any]) -> Section:
    lead = (
        Markup(
            "A source earns its place if MRR@10 is higher with it than without it, paired on the same searches, with "
            "its whole interval above 0; or else, if it costs nothing, by items that are brought back with it alone."
        ),
        Markup("{}").format(full_sentence(found["ranker"]["note"])),
    )
    blocks = (verdicts_table(found), sources_table(found)) if found["verdicts"] else (sources_table(found),)
    return Section("sources", "What each source adds", lead, blocks)


def _measures(found: dict[str, Any]) -> Section:
    explored = measured(found["explored"], share)
    lead = [Markup("Each row is a suggester that was built, and into which the held-out searches were typed.")]
    if explored.known:
        lead.append(
            Markup("Of what is offered, {} more names no single item than where the log alone is offered.").format(
                explored
            )
        )
    blocks = (Figures(tuple(figures(found))), variants_table(found))
    return Section("measures", "Measures", tuple(lead), blocks)


def _slices(found: dict[str, Any]) -> Section:
    lead = Markup(
        "Head, torso and tail are queries with a third each of the searches in the earlier log; unseen is what it does "
        "not have from enough people. A category is warm where such queries lead to it."
    )
    return Section("slices", "For which searches", (lead,), (slices_table(found),))


def _method(found: dict[str, Any]) -> Section:
    since = found["since"]
    how = f"from {moment(since)} on" if since else f"of {found['how']} drawn by hash"
    log, held = found["log"], found["held_out"]
    sentences = [
        Markup("{} of {} rows of the log, those {}, are held out; the rest was mined and built from.").format(
            count(log["later"]), count(log["rows"]), how
        ),
        Markup("Of their {}, {} were half typed and {} a machine’s.").format(
            plural(held["searches"], "search", "searches"), count(held["half_typed"]), count(held["machine_searches"])
        ),
        Markup("{} are replayed: each person’s query once a day.").format(count(held["replayed"])),
        Markup("Intervals are 95 %, from a bootstrap over {}.").format(found["people"]),
    ]
    return Section("method", "How this was measured", tuple(sentences))


def shipped_of(found: dict[str, Any]) -> dict[str, Any]:
    return next(one for one in found["variants"] if one["name"] == found["shipped"])
