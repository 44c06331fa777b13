"""Query understanding from a real server process that has nothing else."""

import asyncio
import urllib.parse
from collections.abc import Iterator

import pytest
from serve_world import Answer, Running, free_port, running, tilth_cli
from understand_world import SETTINGS, access_lines, put_understanding, put_understanding_project

import tilth
from tilth.apps.serve.keys import new_key
from tilth.apps.serve.places import Places
from tilth.apps.serve.reloading import request_reload
from tilth.artifacts import RuleSets
from tilth.artifacts.understanding import RulesUsed
from tilth.errors import ConfigError, ServiceError

KEY, STORED = new_key("shop")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    port = free_port()
    keys = f'[[serve.keys]]\nname = "shop"\nhash = "{STORED.hash}"\n'
    config = put_understanding_project(tmp_path_factory.mktemp("p"), SETTINGS.replace("PORT", str(port)) + keys)
    with running(config, port) as started:
        yield started


def path(query: str, **more: object) -> str:
    return f"/v1/understand?{urllib.parse.urlencode({'q': query, **more})}"


def ask(server: Running, asked: str, body: object = None, **headers: str) -> Answer:
    return server.ask(asked, body, authorization=f"Bearer {KEY}", **headers)


def test_a_query_over_http(server: Running) -> None:
    answer = ask(server, path("toliet seat"), x_request_id="mine")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert (answer.headers["cache-control"], answer.headers["x-request-id"]) == ("no-store", "mine")
    reply = answer.json()
    assert (reply["understood"], reply["category"]["name"], reply["source"]) == ("toilet seat", "seats", "lookup")
    assert reply["corrected"]["parts"][0]["was"] == "toliet"
    served = server.ask("/readyz").json()
    assert (served["filter"], served["suggest"]) == (None, None)
    assert served["understand"] == reply["versions"] | {"in_force": "000001", "stale": False}
    for route in ("/v1/suggest?q=a", "/v1/filter"):
        body = {"context": "u1", "candidates": ["j1"]} if "filter" in route else None
        assert ask(server, route, body).status == 503


@pytest.mark.parametrize(
    ("asked", "status", "kind"),
    [
        ("/v1/understand", 422, "invalid_request"),
        ("/v1/understand?q=%ff", 400, "malformed_query"),
        (path("x" * 10_000), 422, "invalid_request"),
        (path("a", limit=3), 422, "invalid_request"),
    ],
)
def test_what_cannot_be_asked(server: Running, asked: str, status: int, kind: str) -> None:
    answer = ask(server, asked)
    assert (answer.status, answer.json()["error"]["type"]) == (status, kind)


def test_methods_headers_and_odd_texts(server: Running) -> None:
    assert ask(server, "/v1/understand", {}).status == 405
    assert ask(server, path("seat"), tilth_deadline_ms="soon").json()["error"]["field"] == "tilth-deadline-ms"
    late = ask(server, path("seat"), tilth_deadline_ms="0").json()
    assert (late["late"], late["source"], late["category"]) == (True, None, None)
    for odd in ("\x00\x07\r\n", "\u202eمصباح", "台灯", "<script>", "'; drop table --"):
        answer = ask(server, path(odd))
        assert (answer.status, answer.json()["query"]) == (200, odd)


def test_both_clients(server: Running) -> None:
    async def awaited():
        async with tilth.AsyncClient(server.url, key=KEY, timeout_s=20) as client:
            return await client.understand("green hose", deadline_ms=1e6)

    with tilth.Client(server.url, key=KEY, timeout_s=20) as client:
        reply, served = client.understand("green hose"), client.ready()
        with pytest.raises(ServiceError, match="HTTP 422 invalid_request: q"):
            client.understand("x" * 1001)
        with pytest.raises(ConfigError, match="is no text"):
            client.understand("\ud800")
    too = asyncio.run(awaited())
    assert (reply.category, reply.expansions, reply.versions) == (too.category, too.expansions, too.versions)
    assert served.understand is not None
    assert served.understand.understanding == reply.versions.understanding
    with tilth.Client(f"http://127.0.0.1:{free_port()}", fail_open=True) as away:
        nothing = away.understand("green hose")
    assert (nothing.understood, nothing.late, nothing.expansions) == ("green hose", True, [])


def test_metrics_and_document(server: Running) -> None:
    for text in ("toliet seat", "green hose"):
        ask(server, path(text))
    lines = server.ask("/metrics").body.decode()
    for counted in ('requests_total{source="lookup"}', 'requests_total{source="model"}', "corrected_total"):
        assert f"tilth_understand_{counted}" in lines
    assert 'tilth_request_seconds_count{route="/v1/understand"}' in lines
    assert 'tilth_understanding_info{generation="000001"' in lines
    assert "tilth_understanding_stale{" in lines
    document = server.ask("/openapi.json").json()
    assert document["paths"]["/v1/understand"]["get"]["parameters"][0]["name"] == "q"
    assert b"/v1/understand" in server.ask("/docs").body


def test_keys_reload_and_what_is_written_down(server: Running) -> None:
    """The last test: it changes what is served, and stops it."""
    assert server.ask(path("secret seat")).status == 401
    before = ask(server, path("secret seat")).json()
    assert before["versions"]["generation"] == "000001"
    RuleSets(server.work / "rules").roll_back()
    assert server.ask("/readyz").json()["understand"]["stale"] is True
    put_understanding(server.work, [], RulesUsed())
    assert [state.error for state in request_reload(Places(server.work)).values()] == [None]
    after = ask(server, path("secret seat")).json()
    assert (after["expansions"], after["versions"]["rules"]) == ([], "none")
    assert server.ask("/readyz").json()["understand"]["stale"] is False
    (server.work / "understanding" / "words.json").write_text("{")
    reloaded = tilth_cli("serve", "reload", "--config", server.config)
    assert (reloaded.code, "the artifact before goes on answering" in reloaded.err) == (1, True)
    assert "Query understanding" in reloaded.out
    assert ask(server, path("secret seat")).json()["versions"] == after["versions"]
    assert server.stop() == 0
    lines = [line for line in access_lines(server.work) if line["path"] == "/v1/understand" and line["status"] == 200]
    assert (lines[-1]["understood"], lines[-1]["key"], lines[-1]["corrected"]) == ("model", "shop", False)
    everything = [one for one in (server.work / "serve").rglob("*") if one.is_file()]
    assert not any(b"secret" in one.read_bytes() for one in everything), "what people ask is written down nowhere"
