"""Run every benchmark, one after the other, each in a process of its own.

python -m benchmarks [--data ../shared/data]
"""

import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=HERE.resolve().parents[1] / "shared" / "data")
    data = parser.parse_args().data
    runs: list[tuple[str, list[str]]] = [
        ("jobboard_quality.py", []),
        ("home_depot_quality.py", [str(data / "home_depot")]),
        ("passages_quality.py", [str(data / "alaofi")]),
        ("passages_aggregate.py", [str(data / "alaofi")]),
        ("cascade.py", [str(data / "alaofi")]),
        ("filter_throughput.py", ["--data", str(data)]),
        ("student_speed.py", []),
        ("llm/throughput.py", []),
        ("llm/faults.py", []),
        ("llm/limits.py", []),
        ("llm/store.py", []),
        ("engine_overhead.py", []),
        ("audit.py", []),
        ("audit_search.py", []),
        ("suggest.py", ["--data", str(data / "home_depot"), "--peers"]),
        ("suggest_mine.py", []),
        ("suggest_quality.py", ["--data", str(data / "home_depot")]),
        ("blend.py", ["--data", str(data)]),
        ("spell.py", ["--data", str(data)]),
        ("synonyms.py", ["--data", str(data / "esco")]),
        ("attributes.py", ["--data", str(data)]),
        ("chorus.py", ["--data", str(data / "chorus")]),
        ("understand.py", ["--data", str(data)]),
        ("serve/latency.py", []),
        ("serve/throughput.py", []),
        ("serve/soak.py", []),
        ("serve/suggest.py", ["--data", str(data / "home_depot")]),
        ("serve/understand.py", ["--data", str(data / "home_depot")]),
    ]
    failed = 0
    for script, arguments in runs:
        print(f"\n== {script}", flush=True)
        failed += subprocess.run([sys.executable, str(HERE / script), *arguments], check=False).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
