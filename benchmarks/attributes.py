"""How good attributes are that an LLM read, and what agreement of several answers says about it.

    python benchmarks/attributes.py [--data ../shared/data]

Three parts, with 95 % intervals:
- The job board: the answers that come with it, against the catalog's own pay and city. Both stand in the text that was
  read, so this shows what the LLM copies wrongly, and no more.
- Electronics: 84 products drawn at random (28 each with a known screen, cable length and print technology), whose title
  and short description a frontier LLM read without seeing the columns (`chorus_attributes.jsonl`), against the columns.
  What the catalog knows and the two texts do not state counts against recall.
- Confidence: nine LLMs that graded 4,222 passages with three wordings each. The grade that most of the three gave, the
  share that gave it, and whether a NIST assessor gave it too. Three wordings are not three draws of one wording; it is
  the nearest that recorded answers allow. Floor: the share that is right whatever the agreement.
"""

import argparse
import csv
import gzip
import json
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import pyarrow as pa

import tilth
from tilth.apps.project.demo import copy_jobboard
from tilth.enrich import AttributeConfig
from tilth.enrich.attributes import row_schema
from tilth.enrich.check import Checked, reliability
from tilth.enrich.check.calibrate import Judged
from tilth.enrich.values import ASKED, CLAIMED, agree, agreement_of

ANSWERS = Path(__file__).with_name("chorus_attributes.jsonl")
TECHNOLOGIES = {"Laser printing": "laser", "Laser": "laser", "Inkjet printing": "inkjet", "Inkjet": "inkjet"}
TECHNOLOGIES |= {"LED printing": "led", "LED": "led"}
KNOWN = "only_missing = false"
CHORUS = f"""
[data.items]
path = "items.jsonl"
id = "id"
title = "title"
text = ["short_description"]
keep = ["brand", "colour", "screen_inches", "memory_gb", "cable_m", "print_technology"]
[llm.reader]
provider = "recorded"
path = "{ANSWERS}"
item_id = "item_id"
[enrich]
llm = "reader"
[enrich.item]
brand = {{ type = "text", description = "maker", {KNOWN} }}
colour = {{ type = "list", description = "colours, in British spelling", {KNOWN} }}
screen_inches = {{ type = "number", description = "diagonal of the screen, inches", tolerance = 0.02, {KNOWN} }}
memory_gb = {{ type = "number", description = "main memory (RAM), GB", {KNOWN} }}
cable_m = {{ type = "number", description = "length of the cable, metres", tolerance = 0.02, {KNOWN} }}
print_technology = {{ type = "category", values = ["laser", "inkjet", "led"], {KNOWN} }}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        show("the job board, against its own columns", job_board(Path(folder) / "jobs"))
        show(
            "84 electronics products, against the catalog's columns", electronics(Path(folder) / "chorus", options.data)
        )
    confidence(options.data / "alaofi")


def job_board(folder: Path) -> Checked:
    settings = copy_jobboard(folder)
    text = settings.read_text(encoding="utf-8")
    text = text.replace('title = "title"\n', 'title = "title"\nkeep = ["city", "salary_min", "salary_max"]\n')
    text = text.replace('"city of the workplace"', f'"city of the workplace", match = "words", {KNOWN}')
    for which in ("lowest", "highest"):
        text = text.replace(f'"{which} yearly pay stated, in dollars"', f'"{which} yearly pay stated", {KNOWN}')
    settings.write_text(text, encoding="utf-8")
    return read_and_check(settings)


def electronics(folder: Path, data: Path) -> Checked:
    wanted = {json.loads(line)["item_id"] for line in ANSWERS.read_text(encoding="utf-8").splitlines()}
    folder.mkdir()
    with gzip.open(data / "chorus" / "products.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [product(row) for row in map(json.loads, file) if row["id"] in wanted]
    (folder / "items.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    (folder / "tilth.toml").write_text(CHORUS, encoding="utf-8")
    return read_and_check(folder / "tilth.toml")


def product(row: dict[str, Any]) -> dict[str, Any]:
    colours, technology = row.get("attr_t_product_colour"), row.get("attr_t_print_technology")
    return {
        "id": row["id"],
        "title": row["title"],
        "short_description": row.get("short_description", ""),
        "brand": row["supplier"],
        "colour": colours.split(",") if colours else None,
        "screen_inches": row.get("attr_n_display_diagonal"),
        "memory_gb": row.get("attr_n_internal_memory"),
        "cable_m": row.get("attr_n_cable_length"),
        "print_technology": TECHNOLOGIES.get(technology, technology),
    }


def read_and_check(settings: Path) -> Checked:
    project = tilth.Project(settings)
    project.read_attributes()
    return project.attributes.check()


def show(what: str, checked: Checked) -> None:
    print(f"\n{what}\nattribute             gold  precision             recall                wrong  missed")
    for one in checked.scores:
        name = f"{one.role}.{one.attribute}"
        print(f"{name:21} {one.n:4}  {interval(one.precision)}  {interval(one.recall)}  {one.wrong:5}  {one.missed:6}")


def confidence(folder: Path) -> None:
    """Agreement of three wordings against whether the majority is the assessor's grade."""
    human = {(row["collection"], row["qid"], row["pid"]): row["human"] for row in rows_of(folder / "pairs.csv.gz")}
    said: dict[str, dict[tuple[str, str, str], list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in rows_of(folder / "llm_labels.csv.gz"):
        key = (row["collection"], row["qid"], row["pid"])
        if key in human:
            said[row["model"]][key].append(row["llm_label"].removesuffix(".0"))
    print("\nconfidence of three wordings: share right where 1/3, 2/3, 3/3 agree; of all; AUROC of right against wrong")
    for model, answers in sorted(said.items()):
        found = reliability("agreement", "human:nist", judged(answers, human))
        right = sum(level.right.value * level.n for level in found.levels) / found.n
        shown = "  ".join(f"{level.confidence:.2f}: {interval(level.right)} of {level.n:5}" for level in found.levels)
        print(f"{model:28} {shown}  all {right:.3f}  AUROC {interval(found.auroc)}  ECE {found.ece:.3f}")


def judged(answers: dict[tuple[str, str, str], list[str]], human: dict[tuple[str, str, str], str]) -> list[Judged]:
    """What `agree` makes of each pair's answers; clustered by query."""
    attributes = {"grade": AttributeConfig(type="category", values=["0", "1", "2", "3"])}
    empty = {ASKED: ["grade"], CLAIMED: {"grade": None}}
    ids = {str(place): key for place, key in enumerate(answers)}
    rows = [
        {"id": place, "grade": grade or None, "tilth:error": None if grade else "no grade", **empty}
        for place, key in ids.items()
        for grade in answers[key]
    ]
    table = agree(attributes, pa.Table.from_pylist(rows, schema=row_schema(attributes))).to_pylist()
    return [
        Judged(ids[row["id"]][1], row[agreement_of("grade")], row["grade"] == str(int(float(human[ids[row["id"]]]))))
        for row in table
        if row["grade"] is not None and row[agreement_of("grade")] is not None
    ]


def rows_of(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def interval(estimate: Any) -> str:
    return f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"


if __name__ == "__main__":
    main()
