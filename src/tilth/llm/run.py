"""Asking many requests and keeping all answers; for a stream of them see `Session`."""

from collections.abc import Iterable

from tilth.errors import ConfigError
from tilth.llm.answer import Answer
from tilth.llm.client import Client
from tilth.llm.request import Request
from tilth.llm.runner import WINDOW, OnAnswer, Run
from tilth.llm.session import Session
from tilth.llm.tally import Tally


async def ask_all(
    client: Client,
    requests: Iterable[Request],
    *,
    on_answer: OnAnswer | None = None,
    tally: Tally | None = None,
    max_pending: int = WINDOW,
) -> list[Answer]:
    """Answers in the order of the requests.

    At most `max_pending` requests are taken from the iterable ahead of their answers. Requests with one fingerprint
    are asked once; the others get the same answer as `cached`, under their own key. `on_answer` is called as answers
    come, with the counts so far (`tally`, where given).

    Raises:
        LLMError: as `Client.ask`; what is under way is waited for, for a while; answers that arrived are in the store.
    """
    if max_pending < 1:
        raise ConfigError(f"max_pending must be at least 1, not {max_pending}")
    answers: list[Answer] = []

    def out(some: list[Answer]) -> None:
        answers.extend(some)
        run.consumed(len(some))

    tally = Tally() if tally is None else tally
    run = Run(client, iter(requests), tally, out=out, on_answer=on_answer, window=max_pending)
    await run.go()
    return answers


def run_all(
    client: Client,
    requests: Iterable[Request],
    *,
    on_answer: OnAnswer | None = None,
    max_pending: int = WINDOW,
) -> tuple[list[Answer], Tally]:
    """`ask_all` for code that is not asynchronous: the answers and the counts. Closes the client's connections.

    The event loop, and `on_answer`, run in a thread of their own, so it works in a notebook too.
    """
    tally = Tally()
    with Session(client) as session:
        return list(session.ask(requests, on_answer=on_answer, tally=tally, max_pending=max_pending)), tally
