"""The clients against a real server, and against none."""

import asyncio
import socket
import threading

import pytest
from serve_world import Running, free_port

import tilth
from tilth.client import Entity, FilterRequest
from tilth.errors import ConfigError, ServiceError


def test_both_clients_say_the_same(jobboard: Running) -> None:
    candidates: list[str | Entity] = ["j1", Entity(id="mine", title="Night nurse", text="Rotating shifts."), "nothing"]

    async def awaited():
        async with tilth.AsyncClient(jobboard.url) as client:
            one = await client.filter("u001", candidates)
            batch = await client.filter_batch([FilterRequest(context="u001", candidates=candidates)])
            score = await client.score("u001", candidates)
            return one, batch, score, await client.ready()

    with tilth.Client(jobboard.url, timeout_s=20) as client:
        one = client.filter("u001", candidates)
        batch = client.filter_batch([FilterRequest(context="u001", candidates=candidates)])
        score, ready = client.score("u001", candidates), client.ready()
    one_too, batch_too, score_too, ready_too = asyncio.run(awaited())
    assert one.decisions == one_too.decisions == batch.replies[0].decisions == batch_too.replies[0].decisions
    assert [each.p for each in score.scores] == [each.p for each in score_too.scores] == [d.p for d in one.decisions]
    assert ready == ready_too == one.versions
    assert one.decisions[1].id == "mine"
    assert one.kept[-1] == "nothing"


def test_a_refusal_is_an_error_even_for_a_client_that_fails_open(jobboard: Running) -> None:
    client = tilth.Client(jobboard.url, fail_open=True, timeout_s=20)
    with pytest.raises(ServiceError, match=r"HTTP 422 invalid_request: candidates\[0\]: ") as caught:
        client.filter("u001", [Entity(id="x")])
    assert (caught.value.status, caught.value.kind) == (422, "invalid_request")
    client.close()


def test_threads_share_a_client(jobboard: Running) -> None:
    client, found = tilth.Client(jobboard.url, timeout_s=20), list[list[str | None]]()
    threads = [threading.Thread(target=lambda: found.append(client.filter("u001", ["j1"]).kept)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    client.close()
    assert found == [found[0]] * 6


def test_a_server_that_is_away_keeps_everything_or_is_an_error() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(ServiceError, match=r"127\.0\.0\.1:\d+: no answer"):
        tilth.Client(url).filter("u", ["a"])
    reply = tilth.Client(url, fail_open=True).filter("u", ["a", Entity(title="b")])
    assert [(one.id, one.keep, one.status) for one in reply.decisions] == [
        ("a", True, "unreachable"), (None, True, "unreachable")
    ]  # fmt: skip

    async def awaited():
        async with tilth.AsyncClient(url, fail_open=True) as client:
            batch = await client.filter_batch([FilterRequest(context="u", candidates=["a"])])
            return batch.replies[0].kept

    assert asyncio.run(awaited()) == ["a"]


def test_a_server_that_is_silent_or_talks_nonsense_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with tilth.Client(url, timeout_s=0.2) as client, pytest.raises(ServiceError, match="timed out"):
            client.ready()

        def answer() -> None:
            connection, _ = listening.accept()  # the one that was given up
            connection.close()
            connection, _ = listening.accept()
            connection.recv(1000)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
            connection.close()

        thread = threading.Thread(target=answer)
        thread.start()
        with tilth.Client(url, timeout_s=5) as client, pytest.raises(ServiceError, match="no reply of a Tilth"):
            client.ready()
        thread.join()


def test_an_idle_connection_that_was_closed_is_opened_again(jobboard: Running) -> None:
    client = tilth.Client(jobboard.url, timeout_s=20)
    first = client.ready()
    client._idle[0].sock.shutdown(socket.SHUT_RDWR)  # as a proxy does to one that lies idle
    assert client.ready() == first
    client.close()


@pytest.mark.parametrize("size", [100, 1500])
def test_both_clients_are_told_of_a_body_that_is_too_large(jobboard: Running, size: int) -> None:
    """5 MB and 75 MB, where 256 KB are allowed."""
    texts = [Entity(text="x" * 50_000)] * size

    async def awaited() -> None:
        async with tilth.AsyncClient(jobboard.url, fail_open=True, timeout_s=20) as client:
            await client.filter_batch([FilterRequest(context="u001", candidates=texts)])

    with tilth.Client(jobboard.url, fail_open=True, timeout_s=20) as client:
        for ask in (lambda: client.filter("u001", texts), lambda: asyncio.run(awaited())):
            with pytest.raises(
                ServiceError, match=r"HTTP 413 too_large: .* 256 KB that \[serve\] max_body_kb"
            ) as caught:
                ask()
            assert caught.value.status == 413
        assert client.ready().artifact, "the connection after it is a sound one"


def test_an_answer_that_comes_before_all_is_written_is_read() -> None:
    """A server that refuses by the first bytes and closes, as one does that stands behind a proxy."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def refuse() -> None:
            connection, _ = listening.accept()
            connection.recv(100)
            body = b'{"error":{"type":"too_large","message":"no"}}'
            connection.sendall(b"HTTP/1.1 413 x\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            connection.close()

        thread = threading.Thread(target=refuse)
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with tilth.Client(url, timeout_s=5, fail_open=True) as client, pytest.raises(ServiceError, match="HTTP 413"):
            client.filter("u001", [Entity(text="x" * 50_000)] * 500)
        thread.join()


def test_one_text_is_no_list_of_candidates() -> None:
    client = tilth.Client("http://127.0.0.1:1", fail_open=True)
    with pytest.raises(ConfigError, match=r"candidates must be a list, not str\n  hint: \['j002'\]"):
        client.filter("u001", "j002")
    with pytest.raises(ConfigError, match="candidates must be a list"):
        asyncio.run(tilth.AsyncClient("http://127.0.0.1:1").score("u001", Entity(title="x")))  # type: ignore[arg-type]


@pytest.mark.parametrize("seconds", [-1.0, 0.0, float("nan"), float("inf")])
@pytest.mark.parametrize("kind", [tilth.Client, tilth.AsyncClient])
def test_a_time_that_is_none_is_refused(kind: type, seconds: float) -> None:
    with pytest.raises(ConfigError, match="timeout_s must be a number of seconds above 0"):
        kind("http://127.0.0.1:8765", timeout_s=seconds)


@pytest.mark.parametrize("url", ["", "localhost:8765", "ftp://x", "http://"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="is no address"):
        tilth.Client(url)
