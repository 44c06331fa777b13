"""GET /demo: a search page to try, in one file that loads nothing from elsewhere."""

import base64
import hashlib
import re
from functools import cache
from importlib import resources
from typing import Any

from litestar import MediaType, Request, Response, get

from tilth.apps.serve.problems import RequestError

FILE = "demo.html"
_INLINE = re.compile(r"<(script|style)>(.*?)</\1>", re.DOTALL)


@get("/demo")
async def demo(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The page, if [serve.suggest] demo allows it."""
    if not request.app.state.server.serving.config.suggest.demo:
        raise RequestError(404, "not_found", "there is no search page; `demo = true` in [serve.suggest] makes one")
    page, policy = demo_page()
    headers = {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cache-control": "no-cache",
    }
    return Response(page, media_type=MediaType.HTML, headers=headers)


@cache
def demo_page() -> tuple[bytes, str]:
    """The page and its policy: its own script and style by their hashes, requests to this server, and nothing else."""
    text = resources.files("tilth.apps.serve.suggest").joinpath(FILE).read_text(encoding="utf-8")
    hashes = {
        kind: base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        for kind, content in _INLINE.findall(text)
    }
    policy = (
        f"default-src 'none'; script-src 'sha256-{hashes['script']}'; style-src 'sha256-{hashes['style']}'; "
        "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return text.encode(), policy
