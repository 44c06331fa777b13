"""Asking once more after an answer that could not be used."""

from msgspec.structs import replace

from tilth.llm.reply import Reply
from tilth.llm.request import Message, Request
from tilth.llm.text import shorten

_QUOTED_CHARS = 2000


def repair_request(request: Request, reply: Reply, reason: str) -> Request:
    """The request followed by the unusable answer (shortened) and what was wrong with it.

    It depends on nothing but its arguments, so a second run finds the repaired answer in the cache too.
    """
    # Some servers refuse an empty assistant message.
    said = shorten(reply.text or reply.refusal or "(no answer)", _QUOTED_CHARS)
    complaint = f"That answer cannot be used: {reason}. Answer again, with nothing but what was asked for."
    return replace(request, messages=(*request.messages, Message("assistant", said), Message("user", complaint)))
