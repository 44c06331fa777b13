"""Over HTTP, 100 candidates a request, one worker: closed loop with 8 connections, open loop at 50 requests a second.

    python benchmarks/serve/throughput.py [--work work] [--seconds 20] [--peer PYTHON]

Load comes from a second process on loopback. Peer in the same run: the same trees behind FastAPI with rows of features
built in Python (`peer.py`), by the interpreter of --peer or TILTH_PEERS, which needs fastapi, uvicorn and lightgbm; by
default this one, if it has them. Both are asked the same; that they answer alike is checked first.
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from world import bodies, configure, cpu_seconds, free_port, process, project  # noqa: E402

from tilth.artifacts import Filter, load_store, student_version  # noqa: E402
from tilth.artifacts.student import PreparedSide, TreeModel  # noqa: E402
from tilth.artifacts.student.attribute_values import ValueSets  # noqa: E402
from tilth.artifacts.student.characters import GramRows  # noqa: E402

LOOPS = (("closed", 8), ("open", 50))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path("work"))
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--peer", default=os.environ.get("TILTH_PEERS"))
    options = parser.parse_args()
    config = project(options.work)
    asked = options.work / "serve_bodies.jsonl"
    asked.write_bytes(b"\n".join(bodies(config, 500)))
    port = free_port()
    configure(config, f'port = {port}\nworkers = 1\n[serve.log]\naccess = "file"\n')
    command = [sys.executable, "-m", "tilth", "serve", "--config", str(config)]
    with process(command, port, "/readyz", options.work / "serve.out") as server:
        first = ask(port, "/v1/filter", asked)
        ours = measure("tilth serve", port, "/v1/filter", asked, options.seconds, server.pid)
        print(f"candidates kept unscored at the deadline of 200 ms: {late(port)}")
    peer = options.peer or (sys.executable if has_fastapi() else None)
    if peer is None:
        print("FastAPI: skipped, name an interpreter that has it with --peer or TILTH_PEERS")
        return
    port = free_port()
    command = [peer, str(HERE / "peer.py"), *map(str, peer_files(config, options.work)), str(port)]
    with process(command, port, "/ready", options.work / "peer.out") as server:
        theirs_first = ask(port, "/filter", asked)
        apart = max(abs(left - right) for left, right in zip(first, theirs_first, strict=True))
        print(f"largest difference between their probabilities and ours: {apart:.1e}")
        theirs = measure("FastAPI", port, "/filter", asked, options.seconds, server.pid)
    print(
        f"ratio: {ours['closed']['per_second'] / theirs['closed']['per_second']:.2f} x the requests a second, "
        f"{theirs['open']['p99_ms'] / ours['open']['p99_ms']:.2f} x shorter p99 at 50 a second"
    )


def has_fastapi() -> bool:
    return all(map(importlib.util.find_spec, ("fastapi", "uvicorn")))


def ask(port: int, path: str, asked: Path) -> list[float]:
    """The probabilities for the first request."""
    body = asked.read_bytes().splitlines()[0]
    headers = {"Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}{path}", body, headers)) as answer:
        return [one["p"] for one in json.loads(answer.read())["decisions"]]


def measure(name: str, port: int, path: str, asked: Path, seconds: float, pid: int) -> dict[str, dict]:
    """What the load saw, and the processor time that the server took for each request: other load on the machine
    distorts the first and hardly the second."""
    found = {}
    for kind, number in LOOPS:
        command = [sys.executable, str(HERE / "load.py"), str(port), path, str(asked), kind, str(number), str(seconds)]
        before = cpu_seconds(pid)
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        result = found[kind] = json.loads(done.stdout)
        result["cpu_ms"] = 1000 * (cpu_seconds(pid) - before) / result["all_requests"]
        what = f"{number} connections" if kind == "closed" else f"{number} requests/s due"
        print(
            f"{name:12} {what:17} {result['per_second']:>6.0f} requests/s  p50 {result['p50_ms']:>6.1f} ms  "
            f"p99 {result['p99_ms']:>6.1f} ms  max {result['max_ms']:>6.1f} ms  "
            f"CPU {result['cpu_ms']:.2f} ms a request  {result['statuses']}",
            flush=True,
        )
    return found


def late(port: int) -> int:
    """As the server counts them."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        lines = answer.read().decode().splitlines()
    counted = [line.split()[-1] for line in lines if line.startswith('tilth_candidates_total{outcome="late"')]
    return int(float(counted[0])) if counted else 0


def peer_files(config: Path, work: Path) -> tuple[Path, Path]:
    """The student's values and trees as plain files."""
    folder = config.parent / "work" / "student"
    chosen = Filter.load(folder)
    featurizer, model = chosen.student.featurizer, chosen.student.model
    groups = [group for group in featurizer.config.groups if group in featurizer.groups]
    if not isinstance(model, TreeModel) or groups != ["lsa", "attributes"]:
        sys.exit(f"the peer knows trees over topics and attributes only, not {type(model).__name__} over {groups}")
    store = load_store(folder, student_version(folder))
    kinds = [(one.comparison.kind, len(one.item_levels)) for one in featurizer.comparisons]
    data = {
        "slope": chosen.settings.slope,
        "intercept": chosen.settings.intercept,
        "threshold": chosen.threshold_p,
        "comparisons": kinds,
        "contexts": plain(store.contexts.prepared, featurizer.views.contexts, kinds),
        "items": plain(store.items.prepared, featurizer.views.items, kinds),
    }
    (work / "peer.json").write_text(json.dumps(data))
    (work / "peer_model.txt").write_text(model.text)
    return work / "peer.json", work / "peer_model.txt"


def plain(side: PreparedSide, views: tuple, kinds: list[tuple[str, int]]) -> dict[str, dict]:
    """Per id its topics by view and, per comparison, its set or number."""
    columns = [values_of(kind, one, len(side)) for (kind, _), one in zip(kinds, side.compared, strict=True)]
    rows = side.entities.ids.to_pylist()
    return {
        one: {
            "topics": [side.topics[view][row].tolist() for view in views],
            "values": [column[row] for column in columns],
        }
        for row, one in enumerate(rows)
    }


def values_of(kind: str, encoded: object, count: int) -> list:
    if encoded is None:
        return [None] * count
    if isinstance(encoded, ValueSets):
        sets = rows_of(encoded.members)
        return [found if stated else None for found, stated in zip(sets, encoded.stated.tolist(), strict=True)]
    if isinstance(encoded, GramRows):
        return rows_of(encoded.present)
    values = np.asarray(encoded)
    if values.dtype == np.int64 and kind != "cross":  # a level that is unknown is -1, as a feature it is missing
        return np.where(values < 0, np.nan, values).tolist()
    return values.astype(float).tolist()


def rows_of(matrix) -> list[list[int]]:
    return [matrix.indices[a:b].tolist() for a, b in zip(matrix.indptr[:-1], matrix.indptr[1:], strict=True)]


if __name__ == "__main__":
    main()
