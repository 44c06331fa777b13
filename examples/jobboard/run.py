"""The whole loop on the bundled job board: label, compare, read attributes, distill, filter, report.

python examples/jobboard/run.py [--dir work/jobboard]
"""

import argparse
from pathlib import Path

import tilth
from tilth.apps.project.demo import copy_jobboard


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=Path, default=Path("work/jobboard"))
    project = tilth.Project(copy_jobboard(parser.parse_args().dir))
    project.judge()
    print(project.compare().verdict.reason)
    project.read_attributes()
    student = project.distill().evaluations[0]
    print(
        f"AUROC on contexts never seen: {student.auroc.value:.3f} [{student.auroc.low:.3f}, {student.auroc.high:.3f}]"
    )
    filtered = project.filter()
    print(f"{filtered.dropped} of {filtered.n} recommendations would be dropped")
    print(project.report())


if __name__ == "__main__":
    main()
