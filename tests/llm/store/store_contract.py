"""What every store must do. A subclass says how to make one, and how its clock goes on."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from tilth.llm.reply import Reply, Usage
from tilth.llm.store import (
    Account,
    Amount,
    CachedAnswer,
    Claim,
    Ledger,
    Limits,
    ModelSummary,
    Settlement,
    new_owner,
)

NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
FULL = Reply('{"why": "Zoë \x00 🙂 \\u0000"}', Usage(10, 2), 0.1 + 0.2, "stop", "m-2026", None, 0.0001)
BARE = Reply("", refusal="no")
CENT = Amount(usd=0.01, tokens=100, requests=1)


def cached(fingerprint: str, reply: Reply = FULL, at: datetime = NOW) -> CachedAnswer:
    return CachedAnswer(fingerprint, reply, at)


def priced(fingerprint: str, model: str | None, cost_usd: float | None, at: datetime = NOW) -> CachedAnswer:
    return cached(fingerprint, Reply("x", Usage(10, 2), model=model, cost_usd=cost_usd), at)


class StoreContract:
    """Subclasses bring the fixtures `store` and `wait`: a fresh store, and a way to let seconds pass by its clock."""

    lease_s = 10.0

    def claim(self, store, *claims, owner="a", ledgers=()):
        wanted = [claim if isinstance(claim, Claim) else Claim(claim, CENT) for claim in claims]
        return store.claim_many(wanted, owner=owner, lease_s=self.lease_s, ledgers=ledgers)

    def states(self, store, *claims, **rest):
        return [one.state for one in self.claim(store, *claims, **rest)]

    # Answers

    def test_gives_back_what_was_put(self, store):
        store.put_many([cached("a"), cached("b", BARE)])
        assert store.get_many(["b", "unknown", "a"]) == {"a": cached("a"), "b": cached("b", BARE)}
        assert store.count() == 2

    def test_knows_nothing_at_first(self, store):
        store.put_many([])
        assert store.get_many(["a"]) == {}
        assert store.get_many([]) == {}
        assert (store.count(), list(store.scan()), store.ledgers()) == (0, [], {})

    def test_the_first_answer_stays(self, store):
        store.put_many([cached("a"), cached("a", BARE)])
        store.put_many([cached("a", BARE)])
        store.settle_many([Settlement("a", cached("a", BARE))], owner="a")
        assert store.get_many(["a"]) == {"a": cached("a")}

    def test_takes_many_at_once(self, store):
        store.put_many(cached(str(number), BARE) for number in range(2503))
        assert len(store.get_many(str(number) for number in range(-50, 5000))) == 2503
        assert self.states(store, *map(str, range(2500, 5000))) == ["answered"] * 3 + ["granted"] * 2497

    @pytest.mark.parametrize(
        "said", ["\x00", "half a pair \ud83d", "quote ' \" \\ \\u0000", "Zoë \u2028🙂\n", "%s {} $1 ?"]
    )
    def test_loses_no_character(self, store, said):
        reply = Reply(said, Usage(None, 3), 1e-9, said, said, said, 1 / 3)
        store.put_many([cached("a", reply), cached("b", BARE)])
        store.settle_many([Settlement("c", cached("c", reply))], owner="a")
        assert store.get_many("abc") == {"a": cached("a", reply), "b": cached("b", BARE), "c": cached("c", reply)}
        assert [one.answers for one in store.summary().models] == [2, 1]
        assert store.prune(model=said) == 2

    def test_can_be_used_from_several_threads(self, store):
        def work(number):
            owner = f"thread{number % 4}"
            (verdict,) = self.claim(store, f"f{number}", owner=owner, ledgers=[Ledger("l")])
            store.settle_many([Settlement(f"f{number}", cached(f"f{number}"), spent=CENT)], owner=owner)
            return verdict.state

        with ThreadPoolExecutor(4) as pool:
            assert set(pool.map(work, range(100))) == {"granted"}
        assert store.count() == 100
        assert store.account("l") == Account(spent=Amount(usd=1.0, tokens=10_000, requests=100))

    # Claims

    def test_a_claim_is_granted_once_among_owners(self, store):
        assert self.states(store, "x", "y", owner="a") == ["granted", "granted"]
        assert self.states(store, "y", "z", owner="b") == ["taken", "granted"]

    def test_an_owner_may_claim_its_own_again_and_keeps_the_first_reservation(self, store):
        self.claim(store, Claim("x", CENT), ledgers=[Ledger("l")])
        assert self.states(store, Claim("x", CENT + CENT), "x", ledgers=[Ledger("l")]) == ["granted", "granted"]
        assert store.account("l").reserved == CENT

    def test_claiming_what_is_answered_brings_the_answer(self, store):
        store.put_many([cached("x")])
        verdicts = self.claim(store, "x", "y")
        assert [verdict.state for verdict in verdicts] == ["answered", "granted"]
        assert (verdicts[0].answer, verdicts[1].answer) == (cached("x"), None)

    def test_only_one_of_many_threads_is_granted(self, store):
        barrier = threading.Barrier(4)

        def work(number):
            barrier.wait()
            return self.states(store, *map(str, range(50)), owner=f"o{number}")

        with ThreadPoolExecutor(4) as pool:
            verdicts = list(pool.map(work, range(4)))
        assert [[row[i] for row in verdicts].count("granted") for i in range(50)] == [1] * 50

    def test_an_expired_claim_is_taken_over_and_its_reservation_becomes_uncertain(self, store, wait):
        self.claim(store, "x", ledgers=[Ledger("l"), Ledger("m")])
        wait(self.lease_s * 1.1)
        assert self.states(store, "x", owner="b", ledgers=[Ledger("l")]) == ["granted"]
        assert store.account("l") == Account(reserved=CENT, uncertain=CENT)
        assert store.account("m") == Account(uncertain=CENT)

    def test_an_owner_gets_its_own_expired_claim_back(self, store, wait):
        self.claim(store, "x", ledgers=[Ledger("l")])
        wait(self.lease_s * 1.1)
        assert self.states(store, "x", ledgers=[Ledger("l")]) == ["granted"]
        assert store.account("l") == Account(reserved=CENT)
        assert self.states(store, "x", owner="b") == ["taken"]

    def test_extending_keeps_claims_from_expiring(self, store, wait):
        self.claim(store, "x", owner="a")
        self.claim(store, "y", owner="b")
        wait(self.lease_s * 0.6)
        store.extend("a", self.lease_s)
        wait(self.lease_s * 0.6)
        assert self.states(store, "x", "y", owner="c") == ["taken", "granted"]

    def test_released_claims_cost_nothing_and_are_free(self, store):
        self.claim(store, "x", "y", "z", owner="a", ledgers=[Ledger("l")])
        self.claim(store, "w", owner="b", ledgers=[Ledger("l")])
        store.release("a", ["x", "w", "unknown"])
        assert store.account("l").reserved == Amount(0.03, 300, 3)
        assert self.states(store, "x", "y", owner="b") == ["granted", "taken"]
        store.release("a")
        assert store.account("l") == Account(reserved=CENT)
        assert self.states(store, "y", "z", "w", owner="c") == ["granted", "granted", "taken"]

    def test_reaping_closes_what_expired(self, store, wait):
        self.claim(store, "x", "y", ledgers=[Ledger("l")])
        wait(self.lease_s * 1.1)
        self.claim(store, "z", owner="batch:7", ledgers=[Ledger("l")])
        assert (store.reap(), store.reap()) == (2, 0)
        assert store.account("l") == Account(reserved=CENT, uncertain=CENT + CENT)

    def test_reaping_leaves_the_living_alone(self, store):
        self.claim(store, "x", owner=new_owner())
        assert store.reap() == 0

    # Ledgers

    def test_settling_moves_the_reservation_into_what_was_spent(self, store):
        self.claim(store, "x", "y", "z", ledgers=[Ledger("l"), Ledger("m")])
        assert store.account("l") == store.account("m") == Account(reserved=Amount(0.03, 300, 3))
        spent = Amount(0.004, 40, 1)
        store.settle_many(
            [Settlement("x", cached("x"), spent=spent), Settlement("y", uncertain=CENT), Settlement("z")], owner="a"
        )
        assert store.account("l") == store.account("m") == Account(spent=spent, uncertain=CENT)
        assert store.ledgers() == {"l": store.account("l"), "m": store.account("m")}
        assert store.get_many(["x", "y", "z"]) == {"x": cached("x")}
        assert self.states(store, "x", "y", "z", owner="b") == ["answered", "granted", "granted"]

    def test_a_ledger_that_was_never_charged_is_empty(self, store):
        assert store.account("unknown") == Account()
        assert store.forgive("unknown") == Amount()
        assert store.ledgers() == {}

    @pytest.mark.parametrize(
        "limits", [Limits(usd=0.03), Limits(tokens=300), Limits(requests=3), Limits(0.03, 300, 3), Limits(5.0, 399, 99)]
    )
    def test_no_more_is_granted_than_the_limits_allow(self, store, limits):
        ledgers = [Ledger("wide"), Ledger("l", limits)]
        assert self.states(store, "a", "b", ledgers=ledgers) == ["granted"] * 2
        assert self.states(store, "c", "d", ledgers=ledgers) == ["granted", "over_budget"]
        assert store.account("wide").reserved == store.account("l").reserved == Amount(0.03, 300, 3)
        store.settle_many([Settlement("a", spent=CENT), Settlement("b", uncertain=CENT)], owner="a")
        assert self.states(store, "d", ledgers=ledgers) == ["over_budget"]
        store.settle_many([Settlement("c")], owner="a")
        assert self.states(store, "d", "e", ledgers=ledgers) == ["granted", "over_budget"]

    def test_a_later_smaller_claim_may_still_fit(self, store):
        ledgers = [Ledger("l", Limits(usd=0.05))]
        claims = [Claim("a", Amount(usd=0.04)), Claim("b", Amount(usd=0.02)), Claim("c", Amount(usd=0.01))]
        assert self.states(store, *claims, ledgers=ledgers) == ["granted", "over_budget", "granted"]

    def test_sums_of_money_are_exact(self, store):
        # In binary fractions 0.1 + 0.2 > 0.3.
        ledgers = [Ledger("l", Limits(usd=0.3))]
        claims = [Claim("a", Amount(usd=0.1)), Claim("b", Amount(usd=0.2))]
        assert self.states(store, *claims, ledgers=ledgers) == ["granted", "granted"]
        store.settle_many([Settlement("a"), Settlement("b", spent=Amount(usd=0.1))], owner="a")
        assert store.account("l") == Account(spent=Amount(usd=0.1))

    def test_limits_hold_at_the_claim_only_and_are_the_callers(self, store):
        self.claim(store, "a", ledgers=[Ledger("l", Limits(usd=0.01))])
        store.settle_many([Settlement("a", spent=Amount(usd=9.0))], owner="a")
        assert store.account("l").spent == Amount(usd=9.0)
        assert self.states(store, "b", ledgers=[Ledger("l", Limits(usd=0.01))]) == ["over_budget"]
        assert self.states(store, "b", ledgers=[Ledger("l", Limits(usd=9.01))]) == ["granted"]

    def test_a_takeover_counts_the_lost_call_against_the_limits(self, store, wait):
        ledgers = [Ledger("l", Limits(requests=1))]
        self.claim(store, "x", ledgers=ledgers)
        wait(self.lease_s * 1.1)
        assert self.states(store, "x", owner="b", ledgers=ledgers) == ["over_budget"]
        store.reap()
        assert store.forgive("l") == CENT
        assert store.account("l") == Account()
        assert self.states(store, "x", owner="b", ledgers=ledgers) == ["granted"]

    def test_an_answer_that_comes_late_is_kept_and_charged_to_the_claim_that_stands(self, store, wait):
        self.claim(store, "x", "y", owner="a", ledgers=[Ledger("l")])
        wait(self.lease_s * 1.1)
        self.claim(store, "x", owner="b", ledgers=[Ledger("m")])
        store.reap()
        late = [Settlement(one, cached(one), spent=CENT) for one in ("x", "y", "never")]
        store.settle_many(late, owner="a")
        assert store.get_many(["x", "y", "never"]).keys() == {"x", "y", "never"}
        assert store.account("l") == Account(uncertain=CENT + CENT)
        assert store.account("m") == Account(spent=CENT, reserved=CENT)
        store.settle_many([Settlement("x", cached("x", BARE), spent=CENT)], owner="b")
        assert store.account("m") == Account(spent=CENT + CENT)
        assert store.get_many(["x"]) == {"x": cached("x")}

    def test_an_own_claim_that_expired_settles_as_if_it_had_not(self, store, wait):
        self.claim(store, "x", ledgers=[Ledger("l")])
        wait(self.lease_s * 1.1)
        store.settle_many([Settlement("x", cached("x"), spent=CENT)], owner="a")
        assert store.account("l") == Account(spent=CENT)

    # Upkeep

    def test_scans_all_answers_oldest_first(self, store):
        ages = [3, 1, 2, 1] * 600
        store.put_many(cached(str(i), at=NOW - timedelta(seconds=age)) for i, age in enumerate(ages))
        found = list(store.scan())
        assert [one.created_at for one in found] == [NOW - timedelta(seconds=age) for age in sorted(ages, reverse=True)]
        assert len({one.fingerprint for one in found}) == len(ages)

    def test_prunes_by_age_and_model(self, store):
        old = NOW - timedelta(days=1)
        store.put_many([priced("a", "m", 1, old), priced("b", "n", 1, old), priced("c", "m", 1), priced("d", None, 1)])
        assert store.prune(before=NOW, model="m") == 1
        assert store.prune(before=old) == 0
        assert sorted(one.fingerprint for one in store.scan()) == ["b", "c", "d"]
        assert (store.prune(before=NOW), store.prune(model="m"), store.prune(model="m")) == (1, 1, 0)
        assert store.get_many("abcd").keys() == {"d"}
        assert self.states(store, "a") == ["granted"]

    def test_pruning_needs_to_be_told_what(self, store):
        with pytest.raises(ValueError, match="name a moment, a model, or both"):
            store.prune()

    def test_sums_up_answers_by_model(self, store):
        earlier = NOW - timedelta(microseconds=1)
        store.put_many(
            [priced("a", "m", 0.25), priced("b", "m", None, earlier), cached("c", BARE), priced("d", "n", 1.0)]
        )
        self.claim(store, "x", "y")
        summary = store.summary()
        assert summary.models == (
            ModelSummary("m", 2, 20, 4, 0.25, 1, earlier, NOW),
            ModelSummary(None, 1, 0, 0, 0.0, 1, NOW, NOW),
            ModelSummary("n", 1, 10, 2, 1.0, 0, NOW, NOW),
        )
        assert summary.open_claims == 2
