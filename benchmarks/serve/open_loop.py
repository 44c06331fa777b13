"""A server that is asked at a rate, from another process, and what it takes of the processor.

For scripts of this folder, which put it on their path.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

from world import cpu_seconds

HERE = Path(__file__).resolve().parent

SETTINGS = """
[data.contexts]
path = "none.jsonl"
id = "id"
title = "title"
text = ["text"]
[data.items]
path = "none.jsonl"
id = "id"
title = "title"
text = ["text"]
[data.pairs]
path = "none.csv"
context_id = "context"
item_id = "item"
[serve]
port = {port}
[serve.log]
access = "file"
"""


def measure(port: int, path: str, asked: Path, options: argparse.Namespace, pid: int) -> dict:
    """What the load saw, and the processor time of the server for each request."""
    words = [str(port), path, str(asked), "open", str(options.rate), str(options.seconds)]
    before, started = cpu_seconds(pid), time.monotonic()
    done = subprocess.run([sys.executable, str(HERE / "load.py"), *words], check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    cpu_ms = 1000 * (cpu_seconds(pid) - before) / found["all_requests"]
    print(
        f"{path.rstrip('?'):12} {options.rate} requests/s due for {time.monotonic() - started:.0f} s  "
        f"p50 {found['p50_ms']:.2f} ms  p99 {found['p99_ms']:.2f} ms  max {found['max_ms']:.1f} ms  "
        f"CPU {cpu_ms:.2f} ms a request  {found['statuses']}",
        flush=True,
    )
    return found
