"""A process that claims and settles without end, and reports what is kept: sqlite_writer.py STORE REPORT BATCH

Each line of the report: how many answers (f0, f1, ...) are kept by now, where no other process holds claims on
them, and how long the log is.
"""

import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from tilth.llm.reply import Reply
from tilth.llm.store import Amount, CachedAnswer, Claim, Ledger, Settlement, SqliteStore, new_owner

CALL = Amount(usd=0.01, tokens=100, requests=1)

if __name__ == "__main__":
    path, report, batch = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    owner = new_owner()
    with SqliteStore(path) as store, report.open("ab", buffering=0) as acknowledged:
        for start in count(0, batch):
            names = [f"f{number}" for number in range(start, start + batch)]
            claims = [Claim(name, CALL) for name in names]
            verdicts = store.claim_many(claims, owner=owner, lease_s=600, ledgers=[Ledger("l")])
            granted = [name for name, verdict in zip(names, verdicts, strict=True) if verdict.state == "granted"]
            answers = [CachedAnswer(name, Reply(name * 20), datetime.now(UTC)) for name in granted]
            store.settle_many([Settlement(one.fingerprint, one, spent=CALL) for one in answers], owner=owner)
            acknowledged.write(f"{start + batch} {Path(f'{path}-wal').stat().st_size}\n".encode())
