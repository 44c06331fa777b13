"""Load from a process of its own, over plain sockets: closed loop, or open loop at a rate.

    python benchmarks/serve/load.py PORT PATH BODIES {closed|open} NUMBER SECONDS

BODIES holds one request's JSON a line; NUMBER is of connections (closed) or of requests a second (open). Prints JSON.
In the open loop a request's time runs from when it was due, so that a server that stalls is charged for all it delays.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from pathlib import Path

WARM_UP_S = 2.0


class Connection:
    """One connection that stays open."""

    def __init__(self, port: int, path: str) -> None:
        self._port, self._path = port, path
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, body: bytes) -> int:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        head = f"POST {self._path} HTTP/1.1\r\nHost: b\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        writer.write(f"{head}\r\n\r\n".encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        lines = answer.decode().lower().split("\r\n")
        length = next(int(line.partition(":")[2]) for line in lines if line.startswith("content-length"))
        await reader.readexactly(length)
        return int(lines[0].split()[1])

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()


async def closed(port: int, path: str, bodies: list[bytes], connections: int, seconds: float) -> dict:
    """Each connection asks again as soon as it was answered."""
    begun = time.perf_counter()
    times: list[float] = []
    statuses: Counter[int] = Counter()
    every: list[int] = []

    async def one(start: int) -> None:
        connection, place = Connection(port, path), start
        while (now := time.perf_counter()) < begun + WARM_UP_S + seconds:
            status = await connection.ask(bodies[place % len(bodies)])
            place += connections
            every.append(status)
            if now >= begun + WARM_UP_S:
                times.append(time.perf_counter() - now)
                statuses[status] += 1
        connection.close()

    await asyncio.gather(*(one(start) for start in range(connections)))
    return summary(times, statuses, seconds, len(every))


async def opened(port: int, path: str, bodies: list[bytes], rate: float, seconds: float) -> dict:
    """A request every 1 / rate seconds, whatever became of those before."""
    idle: list[Connection] = []
    times: list[float] = []
    statuses: Counter[int] = Counter()
    begun = time.perf_counter()

    async def one(place: int, due: float) -> None:
        connection = idle.pop() if idle else Connection(port, path)
        status = await connection.ask(bodies[place % len(bodies)])
        idle.append(connection)
        if due >= begun + WARM_UP_S:
            times.append(time.perf_counter() - due)
            statuses[status] += 1

    tasks = []
    for place in range(int(rate * (WARM_UP_S + seconds))):
        due = begun + place / rate
        await asyncio.sleep(max(due - time.perf_counter(), 0))
        tasks.append(asyncio.create_task(one(place, due)))
    await asyncio.gather(*tasks)
    for connection in idle:
        connection.close()
    return summary(times, statuses, seconds, len(tasks))


def summary(times: list[float], statuses: Counter[int], seconds: float, every: int) -> dict:
    """`every` counts those of the warm-up too."""
    ordered = sorted(times)

    def quantile(share: float) -> float:
        return 1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)]

    return {
        "requests": len(ordered),
        "all_requests": every,
        "per_second": len(ordered) / seconds,
        "p50_ms": quantile(0.5),
        "p99_ms": quantile(0.99),
        "max_ms": 1000 * ordered[-1],
        "statuses": dict(statuses),
    }


def main() -> None:
    port, path, file, kind, number, seconds = sys.argv[1:7]
    bodies = Path(file).read_bytes().splitlines()
    loop = closed if kind == "closed" else opened
    count = int(number)
    print(json.dumps(asyncio.run(loop(int(port), path, bodies, count, float(seconds)))))


if __name__ == "__main__":
    main()
