"""A sparse log: most jobs were viewed once, by one applicant.

python examples/job_views_audit/run.py [--data ../shared/data] [--work work]
"""

import csv
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from data import arguments, need, write_csv
from show import audit_here

JOB = {"job_id": "Job.ID", "title": "Title", "industry": "Industry", "company": "Company", "city": "City"}


def main() -> None:
    options = arguments(__doc__)
    folder = options.work / "job_views_audit"
    prepare(need(options.data, "job_views"), folder)
    audit_here(Path(__file__).with_name("tilth.toml"), folder)


def prepare(data: Path, folder: Path) -> None:
    """jobs.csv: each job as its first view describes it. views.csv: the views. NA becomes an empty field."""
    folder.mkdir(parents=True, exist_ok=True)
    with (data / "Job_Views.csv").open(encoding="utf-8", newline="") as file:
        views = [{name: "" if value == "NA" else value for name, value in row.items()} for row in csv.DictReader(file)]
    columns = {**JOB, "state": "State.Name"}
    jobs = {view["Job.ID"]: tuple(view[column] for column in columns.values()) for view in reversed(views)}
    write_csv(folder / "jobs.csv", tuple(columns), jobs.values())
    rows = [tuple(view[c] for c in ("Applicant.ID", "Job.ID", "View.Start", "View.Duration")) for view in views]
    write_csv(folder / "views.csv", ("applicant_id", "job_id", "viewed_at", "seconds"), rows)


if __name__ == "__main__":
    main()
