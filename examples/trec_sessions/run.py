"""A small real log: what mining finds in it, and what that is worth on later sessions.

python examples/trec_sessions/run.py [--data ../shared/data] [--work work]

133 sessions of the TREC 2013 session track: people with a task, their queries, clicks and the results they saw. Times
are known within a session only, so sessions are laid end to end: first the first one of each task, then the second
ones. A later session thus asks about what others were asked to do before, as in a log. The last 30 % of the sessions
are held out; the catalog are the titles of the results of the others, as results of the held-out queries would tell
what these were.
"""

import shutil
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from data import arguments, need, write_csv

from tilth import Project
from tilth.apps.cli.show_suggestions import show_evaluation
from tilth.data import read_parquet

START = datetime(2013, 1, 1, tzinfo=UTC)
APART = timedelta(hours=2)
HELD_OUT = 0.3


def main() -> None:
    options = arguments(__doc__)
    folder = options.work / "trec_sessions"
    since = prepare(need(options.data, "trec_session"), folder)
    project = Project(folder / "tilth.toml")
    mined = project.suggest.mine()
    print(f"candidates: {mined.candidates}\nlog: {mined.log}")
    print(f"queries after another {mined.related}, that mend another {mined.reworded}")
    for row in read_parquet(folder / "work" / "suggest" / "reworded.parquet").slice(0, 5).to_pylist():
        print(f"  {row['query']} -> {row['reworded']}")
    show_evaluation(project.suggest.evaluate(since=since))


def prepare(data: Path, folder: Path) -> datetime:
    """documents.csv: each earlier result by its id. searches.csv: each interaction of each session. Returns when the
    sessions begin that are held out."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(Path(__file__).with_name("tilth.toml"), folder)
    sessions = by_turn(list(ElementTree.parse(data / "sessiontrack2013.xml").getroot().iter("session")))
    earlier = round((1 - HELD_OUT) * len(sessions))
    titles = {
        result.findtext("clueweb12id") or "": result.findtext("title") or ""
        for session in sessions[:earlier]
        for result in session.iter("result")
    }
    write_csv(folder / "documents.csv", ("id", "title"), [(one, title) for one, title in titles.items() if one])
    rows = list[tuple[str, ...]]()
    for number, session in enumerate(sessions):
        for interaction in session.iter("interaction"):
            at = START + number * APART + timedelta(seconds=float(interaction.get("starttime") or 0))
            ids = [result.findtext("clueweb12id") or "" for result in interaction.iter("result")]
            clicked = "|".join(ids[int(click.findtext("rank") or 1) - 1] for click in interaction.iter("click"))
            name, query = session.get("num") or "", interaction.findtext("query") or ""
            rows.append((name, query, at.isoformat(), str(len(ids)), clicked))
    write_csv(folder / "searches.csv", ("session", "query", "time", "results", "clicked"), rows)
    return START + earlier * APART


def by_turn(sessions: list[ElementTree.Element]) -> list[ElementTree.Element]:
    """The first session of each topic, the second ones, and so on."""
    seen, turns = Counter[str](), list[int]()
    for session in sessions:
        topic = session.find("topic")
        name = (topic.get("num") if topic is not None else None) or ""
        turns.append(seen[name])
        seen[name] += 1
    return [session for _, session in sorted(zip(turns, sessions, strict=True), key=lambda pair: pair[0])]


if __name__ == "__main__":
    main()
