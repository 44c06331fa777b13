"""The bundled job board: time of `tilth demo`, calls of a second labelling run, and the student over several splits.

    python benchmarks/jobboard_quality.py [--seeds 5] [--work work]

Each seed divides the seekers anew, so the student is trained, calibrated and tested on others. Gold: computed from
facts, not human. Peer: the same student without attributes, in the same run.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

import tilth


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--work", type=Path, default=Path("work"))
    options = parser.parse_args()
    folder = options.work / f"jobboard-{int(time.time())}"
    demo = json.loads(run_demo(folder))
    print(f"tilth demo: {demo['seconds']:.0f} s, first run {demo['judge'][0]['calls']} calls")
    again = tilth.Project(folder / "tilth.toml").judge()[0]
    print(f"second judge run: {again.tally.calls} calls, {again.tally.cached} from the cache")
    settings = (folder / "tilth.toml").read_text(encoding="utf-8")
    values: list[tuple[float, float]] = []
    print("seed  student AUROC [95 %]           texts only           certified  removed  bad share")
    for seed in range(options.seeds):
        path = folder / f"seed{seed}.toml"
        path.write_text(settings.replace('work = "work"', f'work = "work"\nseed = {seed}'), encoding="utf-8")
        values.append(one_split(seed, path))
    students, texts = np.array(values).T
    print(f"mean over {options.seeds} splits: student {students.mean():.3f} (worst {students.min():.3f}), ", end="")
    print(f"texts only {texts.mean():.3f}")


def run_demo(folder: Path) -> str:
    command = [sys.executable, "-m", "tilth", "demo", "--dir", str(folder), "--json"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def one_split(seed: int, config: Path) -> tuple[float, float]:
    summary = tilth.Project(config).distill()
    student, texts = summary.evaluations[:2]
    effect, certificate = summary.effect, summary.certificate
    certified = "yes" if certificate is not None and certificate.certified else "no"
    change = (
        f"{effect.removed.value:.2f}     {effect.bad_before.value:.2f} -> {effect.bad_after.value:.2f}"
        if effect
        else "–"
    )
    print(
        f"{seed}     {student.auroc.value:.3f} [{student.auroc.low:.3f}, {student.auroc.high:.3f}]          "
        f"{texts.auroc.value:.3f} [{texts.auroc.low:.3f}, {texts.auroc.high:.3f}]  {certified}        {change}",
        flush=True,
    )
    return student.auroc.value, texts.auroc.value


if __name__ == "__main__":
    main()
