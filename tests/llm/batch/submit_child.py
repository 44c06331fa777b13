"""Submits an export in a process of its own, to be killed: FOLDER, BASE_URL, STORE."""

import sys
from pathlib import Path

from batch_helpers import hosted

from tilth.llm.store.sqlite import SqliteStore

if __name__ == "__main__":
    folder, base_url, store = sys.argv[1:]
    with SqliteStore(store) as opened:
        hosted(Path(folder), base_url, opened, lambda batches: batches.submit())
