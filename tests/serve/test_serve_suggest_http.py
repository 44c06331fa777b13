"""Suggestions from a real server process: a project without a student, its logs, reload and page."""

import asyncio
import json
import threading
import urllib.parse
import urllib.request
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from serve_world import Running, free_port, running, tilth_cli
from suggest_world import QUERIES, SETTINGS, SHOP, put_suggesting_project, put_suggestions

import tilth
from tilth.apps.serve.places import Places
from tilth.apps.serve.reloading import request_reload
from tilth.client import FoundItem, Suggestion
from tilth.errors import ConfigError, ServiceError


def path(text: str, **more: object) -> str:
    return f"/v1/suggest?{urllib.parse.urlencode({'q': text, **more})}"


def test_a_suggestion_over_http(suggesting: Running) -> None:
    answer = suggesting.ask(path("nurse"), x_request_id="mine")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.headers["cache-control"] == "private, max-age=30"
    reply = answer.json()
    assert (reply["request_id"], reply["query"], reply["suggestions"][0]["query"]) == ("mine", "nurse", "nurse jobs")
    assert reply["versions"] == suggesting.ask("/readyz").json()["suggest"]


def test_the_other_part_is_missing_and_says_so(suggesting: Running) -> None:
    answer = suggesting.ask("/v1/filter", {"context": "u1", "candidates": ["j1"]})
    assert (answer.status, answer.json()["error"]["type"]) == (503, "no_filter")
    assert suggesting.ask("/readyz").json()["filter"] is None


@pytest.mark.parametrize(
    ("asked", "status", "kind"),
    [
        ("/v1/suggest", 422, "invalid_request"),
        ("/v1/suggest?q=%ff", 400, "malformed_query"),
        (path("x" * 1001), 422, "invalid_request"),
        (path("a b " * 2500), 422, "invalid_request"),
        (path("a", limit=0), 422, "invalid_request"),
    ],
)
def test_what_cannot_be_asked(suggesting: Running, asked: str, status: int, kind: str) -> None:
    answer = suggesting.ask(asked, origin=SHOP)
    assert (answer.status, answer.json()["error"]["type"]) == (status, kind)
    assert answer.headers["access-control-allow-origin"] == SHOP


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("", "nurse jobs"),
        ("   ", "nurse jobs"),
        ("看護", "看護師 夜勤"),
        ("ممر", "ممرضة في المستشفى"),
        ("\u202eممرضة", "ممرضة في المستشفى"),
        ("cafe\u0301", "café crème"),
        ("\x00nur\x1bse", "nurse jobs"),
        ("' OR 1=1; DROP TABLE items --", None),
        ("../../etc/passwd\r\nX-Injected: 1", None),
        ("*:* AND title:[a TO z]^9", None),
        ("%s%n{0}${jndi:ldap://x}", None),
    ],
    ids=ascii,
)
def test_any_script_and_any_text_is_only_text(suggesting: Running, text: str, first: str | None) -> None:
    answer = suggesting.ask(path(text))
    reply = answer.json()
    assert (answer.status, reply["query"]) == (200, text)
    assert [one["query"] for one in reply["suggestions"]][:1] == ([first] if first else [])
    assert "x-injected" not in answer.headers
    assert len(reply["layout"]) == len(reply["suggestions"]) + len(reply["items"])


@pytest.mark.parametrize(
    "text", ["看" * 3_400, "\x00" * 10_000, "a" * 10_000, "\u202e" * 3_400, "%" * 10_000], ids=ascii
)
def test_ten_kilobytes_of_text_are_refused_and_the_server_goes_on(suggesting: Running, text: str) -> None:
    asked = path(text)
    assert len(asked) > 10_000
    answer = suggesting.ask(asked)
    assert (answer.status, answer.json()["error"]["field"]) == (422, "q")
    assert len(answer.body) < 1_000, "what was sent does not come back"
    assert suggesting.ask(path("nurse")).status == 200


def test_every_line_says_what_it_is_worth_and_why_it_stands_there(suggesting: Running) -> None:
    layout = suggesting.ask(path("night nurse")).json()["layout"]
    assert layout[0]["kind"] == "item"
    assert layout[0]["why"] == "known_item"
    assert all(0 <= line["expected"] <= 1 for line in layout)
    assert {line["why"] for line in layout[1:]} <= {"usefulness", "positions", "explored"}


def test_methods_and_other_sites(suggesting: Running) -> None:
    assert suggesting.ask("/v1/suggest", {}).status == 405
    shop = suggesting.ask(path("nurse"), origin=SHOP)
    assert (shop.headers["access-control-allow-origin"], shop.headers["vary"]) == (SHOP, "origin")
    assert "access-control-allow-origin" not in suggesting.ask(path("nurse"), origin="https://other.example").headers
    before = suggesting.ask("/v1/suggest", method="OPTIONS", origin=SHOP, access_control_request_method="GET")
    assert (before.status, before.headers["access-control-allow-methods"]) == (204, "GET")
    assert suggesting.ask("/v1/suggest", method="OPTIONS", origin="https://other.example").status == 405


def test_both_clients(suggesting: Running) -> None:
    async def awaited():
        async with tilth.AsyncClient(suggesting.url, timeout_s=20) as client:
            return await client.suggest("a+b & café", limit=3), await client.suggest("nurse", "u1", deadline_ms=1e6)

    with tilth.Client(suggesting.url, timeout_s=20) as client:
        odd, reply = client.suggest("a+b & café", limit=3), client.suggest("nurse", "u1")
        served = client.ready()
        with pytest.raises(ServiceError, match="HTTP 422 invalid_request: limit"):
            client.suggest("nurse", limit=1000)
        with pytest.raises(ConfigError, match="is no text"):
            client.suggest("\ud800")
    odd_too, reply_too = asyncio.run(awaited())
    assert odd.query == odd_too.query == "a+b & café"
    assert (reply.suggestions, reply.items, reply.layout) == (reply_too.suggestions, reply_too.items, reply_too.layout)
    assert {type(line) for line in reply.lines} == {Suggestion, FoundItem}
    assert (served.filter, served.suggest) == (None, reply.versions)


def test_a_client_that_fails_open_has_no_suggestions() -> None:
    with tilth.Client(f"http://127.0.0.1:{free_port()}", fail_open=True) as client:
        reply = client.suggest("nurse")
    assert (reply.query, reply.late, reply.lines) == ("nurse", True, [])


def test_metrics_count_what_was_found(suggesting: Running) -> None:
    for text in ("nurse", "nirse", "zzzzzzz", "night nurse"):
        assert suggesting.ask(path(text)).status == 200
    lines = suggesting.ask("/metrics").body.decode()
    for counted in ('requests_total{outcome="exact"}', 'requests_total{outcome="fuzzy"}', "known_items_total"):
        assert f"tilth_suggest_{counted}" in lines
    assert 'tilth_suggest_requests_total{outcome="empty"}' in lines
    assert 'tilth_request_seconds_count{route="/v1/suggest"}' in lines
    assert "tilth_suggest_explored_total{arm=" in lines
    assert "tilth_suggester_info{" in lines


def test_the_page_is_one_file_with_a_strict_policy(suggesting: Running) -> None:
    page = suggesting.ask("/demo")
    policy = page.headers["content-security-policy"]
    assert page.status == 200
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert b"http" not in page.body.replace(b"https://shop.example", b"")
    assert b" style=" not in page.body
    assert b" onclick" not in page.body


def test_no_page_unless_it_is_wanted(jobboard: Running) -> None:
    answer = jobboard.ask("/demo")
    assert (answer.status, "demo = true" in answer.json()["error"]["message"]) == (404, True)
    assert jobboard.ask(path("nurse")).json()["suggestions"]


def test_a_reload_takes_new_suggestions_and_loses_no_request(tmp_path: Path) -> None:
    port = free_port()
    settings = SETTINGS.replace("PORT", str(port)).replace("[serve.log]", "[serve.log]\nrotate_s = 1")
    config = put_suggesting_project(tmp_path / "p", settings)
    statuses: list[int] = []
    done = threading.Event()
    with running(config, port) as server:

        def load() -> None:
            while not done.is_set():
                statuses.append(server.ask(path("nurse", context_id=f"u{len(statuses)}")).status)

        thread = threading.Thread(target=load)
        thread.start()
        put_suggestions(server.work, [*QUERIES, ("nurse abroad", 99.0, "title", "care")], [("x", "Nurse abroad", "")])
        states = request_reload(Places(server.work))
        assert [state.error for state in states.values()] == [None]
        reply = server.ask(path("nurse")).json()
        assert (reply["suggestions"][0]["query"], reply["items"][0]["id"]) == ("nurse abroad", "x")
        assert reply["versions"]["suggester"] == "000002"
        (server.work / "suggester" / "manifest.json").write_text("{")
        reloaded = tilth_cli("serve", "reload", "--config", config)
        assert (reloaded.code, "the artifact before goes on answering" in reloaded.err) == (1, True)
        assert "Suggester 000002, index " in reloaded.out
        assert server.ask(path("nurse")).json()["suggestions"][0]["query"] == "nurse abroad"
        done.set()
        thread.join()
        assert server.stop() == 0
        _look_at_logs(server.work)
    assert set(statuses) == {200}


def _look_at_logs(work: Path) -> None:
    access = (work / "serve" / "access.jsonl").read_text()
    lines = [one for one in map(json.loads, access.splitlines()) if one["path"] == "/v1/suggest"]
    assert "nurse" not in access, "what people type stands in one log only"
    assert lines[0]["suggestions"] == 4
    assert lines[0]["items"] > 0
    found = [row for file in (work / "serve" / "suggestions").iterdir() for row in pq.read_table(file).to_pylist()]
    assert {path.suffix for path in (work / "serve" / "suggestions").iterdir()} == {".parquet"}
    assert {row["request_id"] for row in found} == {line["request_id"] for line in lines}
    assert {row["arm"] for row in found} == {"explored", "control"}
    for row in found:
        assert (row["typed"], row["outcome"], row["explore_share"]) == ("nurse", "exact", 0.5)
        assert any(line["explored"] for line in row["lines"]) == (row["arm"] == "explored")
        assert {line["kind"] for line in row["lines"]} == {"suggestion", "item"}
        assert all(0 <= line["expected"] <= 1 for line in row["lines"])
        assert {line["why"] for line in row["lines"]} <= {"usefulness", "positions", "explored"}
        assert all((line["why"] == "explored") == line["explored"] for line in row["lines"])


def test_a_project_with_nothing_to_serve(tmp_path: Path) -> None:
    config = put_suggesting_project(tmp_path / "p")
    (config.parent / "work").rename(tmp_path / "elsewhere")
    checked = tilth_cli("serve", "--check", "--config", config)
    assert (checked.code, "there is nothing to serve" in checked.err) == (5, True)
