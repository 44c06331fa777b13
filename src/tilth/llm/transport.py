"""The seam between asking and the wire."""

from typing import Protocol

from tilth.llm.reply import Reply
from tilth.llm.request import Request


class Transport(Protocol):
    """Carries one request to a model and brings the reply back; knows no cache, no retry and no schema check."""

    async def send(self, request: Request) -> Reply:
        """The reply, valid or not.

        Raises:
            TransportError: no usable reply came; says whether a later try may succeed.
        """
        ...

    async def aclose(self) -> None:
        """Close what is open. A later `send` may open it again."""
        ...
