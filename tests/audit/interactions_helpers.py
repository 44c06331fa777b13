"""Small logs for the audit of interactions, and the same figures worked out slowly, event by event."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from tilth.audit import AuditConfig, Part
from tilth.audit.hashes import hash64
from tilth.audit.interactions import Interactions, Reducer, run_interactions
from tilth.audit.spill import group_of
from tilth.data import EventSource
from tilth.engine import EngineConfig, OnProgress, open_engine
from tilth.records import Entities

NOW = 1_893_456_000  # 2030-01-01
SOURCE = EventSource(path="events.csv", user_id="user", item_id="item", kind="{kind}", ts="ts", value="value")


@dataclass(frozen=True)
class Event:
    user: str
    item: str
    kind: str = "view"
    ts: str = ""
    value: float | None = None


@dataclass(frozen=True)
class World:
    """A catalog (id to category and created_at) and a log."""

    items: dict[str, tuple[str | None, str | None]]
    events: Sequence[Event]
    config: AuditConfig = field(default_factory=AuditConfig)

    def entities(self) -> Entities:
        created = pa.array([created for _, created in self.items.values()], pa.string())
        table = {
            "id": pa.array(list(self.items), pa.string()),
            "title": pa.array([f"Title of {name}" for name in self.items], pa.string()),
            "text": pa.array(["" for _ in self.items], pa.string()),
            "category": pa.array([category for category, _ in self.items.values()], pa.string()),
            "created_at": created.cast(pa.timestamp("us")).cast(pa.timestamp("us", tz="UTC")),
        }
        return Entities("item", pa.table(table))

    def without(self, users: Iterable[str]) -> "World":
        gone = set(users)
        return World(self.items, [event for event in self.events if event.user not in gone], self.config)


def audited(
    world: World,
    folder: Path,
    *,
    source: EventSource = SOURCE,
    runner: Any = "native",
    reducers: tuple[Reducer, ...] = (),
    on_progress: OnProgress | None = None,
) -> tuple[Part, Interactions]:
    """Written to files and audited."""
    if source is SOURCE:
        write_csv(world.events, folder / "events.csv")
    engine = open_engine(EngineConfig(runner=runner, workers=2))
    spill = folder / "spill"
    found = run_interactions(
        world.config,
        source,
        world.entities(),
        base=folder,
        engine=engine,
        spill=spill,
        reducers=reducers,
        on_progress=on_progress,
        now=NOW,
    )
    assert list(spill.iterdir()) == []
    return found


def write_csv(events: Sequence[Event], path: Path) -> None:
    rows = [f"{e.user},{e.item},{e.kind},{e.ts},{'' if e.value is None else e.value}" for e in events]
    path.write_text("\n".join(["user,item,kind,ts,value", *rows]) + "\n")


def write_logs(events: Sequence[Event], folder: Path, files: int) -> EventSource:
    """As Parquet, some events in each file, two in each row group."""
    folder.mkdir()
    for at in range(files):
        part = events[at::files]
        columns = {name: [getattr(event, name) for event in part] for name in ("user", "item", "kind", "ts", "value")}
        table = pa.table({**columns, "value": pa.array(columns["value"], pa.float64())})
        parquet.write_table(table, folder / f"{at}.parquet", row_group_size=2)
    return EventSource(path=folder.name, user_id="user", item_id="item", kind="{kind}", ts="ts", value="value")


def values(part: Part, where: str = "") -> dict[str, float | None]:
    return {one.name: one.value for one in part.measures if one.where == where}


def groups_of(users: Sequence[str]) -> dict[str, int]:
    return dict(zip(users, group_of(hash64(pa.array(users, pa.string()))).tolist(), strict=True))


def random_world(seed: int, config: AuditConfig, kinds: Sequence[str], *, rated: bool = False) -> World:
    """60 users on 25 items, some of which the catalog lacks."""
    rng = np.random.default_rng(seed)
    items = {f"i{n}": (["a", "b", "c", None][n % 4], None) for n in range(22)}
    events = [
        Event(
            f"u{int(rng.integers(60))}",
            f"i{min(int(rng.zipf(1.6)) - 1, 24)}",
            str(rng.choice(kinds)),
            value=float(rng.integers(1, 6)) if rated else None,
        )
        for _ in range(400)
    ]
    return World(items, events, config)


def by_hand(world: World) -> dict[str, float]:
    """Measures from their definitions, with plain Python."""
    config, catalog = world.config, list(world.items)
    acts = [event for event in world.events if event.kind not in config.kinds.exposure]
    shown = [event for event in world.events if event.kind in config.kinds.exposure and event.item in world.items]
    phi = {item: sum(event.item == item for event in acts) for item in catalog}
    counts, n, total = sorted(phi.values()), len(catalog), sum(phi.values())
    found = {
        "items.cold_share": sum(count == 0 for count in counts) / n,
        "items.one_share": sum(count == 1 for count in counts) / n,
        "items.few_share": sum(2 <= count <= 10 for count in counts) / n,
        "items.many_share": sum(count > 10 for count in counts) / n,
        "items.coverage": sum(count > 0 for count in counts) / n,
        "items.gini": sum(abs(a - b) for a in counts for b in counts) / (2 * n * total),
    }
    for percent in (1, 5, 20):
        found[f"items.head_share_{percent}"] = sum(counts[-math.ceil(percent * n / 100) :]) / total
    per_user: dict[str, int] = defaultdict(int)
    for event in acts:
        per_user[event.user] += 1
    pairs = {(event.user, event.item) for event in acts if event.item in world.items}
    found["users.median_events"] = float(np.median(list(per_user.values())))
    found["users.single_share"] = sum(count == 1 for count in per_user.values()) / len(per_user)
    found["matrix.density"] = len(pairs) / (len({user for user, _ in pairs}) * n)
    return {**found, **_popularity(world, phi, shown or acts), **_exposure(world, shown, acts)}


def _popularity(world: World, phi: dict[str, int], saw: Sequence[Event]) -> dict[str, float]:
    head_size = math.ceil(world.config.head_share * len(phi))
    head = sorted(phi, key=lambda item: (-phi[item], list(phi).index(item)))[:head_size]
    lists = _lists([event for event in saw if event.item in phi])
    liked = _lists([event for event in _liked(world) if event.item in phi])
    both = [user for user in lists if user in liked]

    def popularity(items: set[str]) -> float:
        return sum(phi[item] for item in items) / len(items)

    tails = {user: sum(item not in head for item in items) for user, items in lists.items()}
    found = {
        "popularity.arp": sum(map(popularity, lists.values())) / len(lists),
        "popularity.aplt": sum(tails[user] / len(lists[user]) for user in lists) / len(lists),
        "popularity.aclt": sum(tails.values()) / len(lists),
    }
    if both and lists != liked:
        top, bottom = (sum(popularity(one[user]) for user in both) for one in (lists, liked))
        found["popularity.seen_over_liked"] = top / bottom
    return found


def _liked(world: World) -> list[Event]:
    config, kinds = world.config, world.config.kinds
    ratings: dict[str, list[float]] = defaultdict(list)
    for event in world.events:
        if event.value is not None and event.kind in kinds.rating:
            ratings[event.user].append(event.value)

    def likes(event: Event) -> bool:
        if event.kind in (*kinds.positive, *kinds.opinion):
            return True
        if event.value is None or event.kind not in kinds.rating:
            return False
        mean = sum(ratings[event.user]) / len(ratings[event.user])
        return event.value >= config.like_from if config.like_from is not None else event.value > mean

    return [event for event in world.events if likes(event)]


def _exposure(world: World, shown: Sequence[Event], acts: Sequence[Event]) -> dict[str, float]:
    if not shown:
        return {}
    known = [event for event in acts if event.item in world.items]
    wanted = [event for event in known if event.kind in world.config.kinds.positive] or known

    def gap(places: dict[str, str]) -> float:
        shares = [
            {name: sum(places[event.item] == name for event in events) / len(events) for name in set(places.values())}
            for events in (shown, wanted)
        ]
        return sum(abs(shares[0][name] - shares[1][name]) for name in shares[0]) / 2

    categories = {item: category or "(none)" for item, (category, _) in world.items.items()}
    return {"exposure.demand_gap": gap(categories), "exposure.item_gap": gap({item: item for item in world.items})}


def _lists(events: Sequence[Event]) -> dict[str, set[str]]:
    lists: dict[str, set[str]] = defaultdict(set)
    for event in events:
        lists[event.user].add(event.item)
    return dict(lists)
