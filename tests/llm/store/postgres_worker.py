"""A process that claims and settles 2,000 questions beside others: postgres_worker.py URL OWNER budget|hold"""

import random
import sys
import time
from datetime import UTC, datetime

from tilth.llm.reply import Reply
from tilth.llm.store import Amount, CachedAnswer, Claim, Ledger, Limits, PostgresStore, Settlement

CENT = Amount(usd=0.01, tokens=100, requests=1)
LEDGERS = [Ledger("shared", Limits(usd=15.0))]


def work(store: PostgresStore, owner: str) -> None:
    """Go through all questions, in an order of one's own, and print those that this process asked."""
    questions = [f"q{number}" for number in range(2000)]
    random.Random(owner).shuffle(questions)
    for start in range(0, len(questions), 50):
        claims = [Claim(question, CENT) for question in questions[start : start + 50]]
        verdicts = store.claim_many(claims, owner=owner, lease_s=60, ledgers=LEDGERS)
        granted = [c.fingerprint for c, v in zip(claims, verdicts, strict=True) if v.state == "granted"]
        time.sleep(0.002)  # the call
        print(*granted, flush=True)
        answers = [CachedAnswer(one, Reply(owner), datetime.now(UTC)) for one in granted]
        store.settle_many([Settlement(one.fingerprint, one, spent=CENT) for one in answers], owner=owner)


def hold(store: PostgresStore, owner: str) -> None:
    held = [f"q{number}" for number in range(50)]
    store.claim_many([Claim(question, CENT) for question in held], owner=owner, lease_s=1.5, ledgers=LEDGERS)
    print(*held, flush=True)
    time.sleep(60)


if __name__ == "__main__":
    url, owner, how = sys.argv[1:]
    with PostgresStore(url) as store:
        (work if how == "budget" else hold)(store, owner)
