"""A real server process: answers, refusals, keys, reload, logs, stopping."""

import http.client
import json
import re
import socket
import threading
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from serve_world import Running, free_port, put_project, running, tilth_cli

from tilth.apps.serve.artifact import load
from tilth.apps.serve.config import KeyConfig, ServeConfig
from tilth.apps.serve.keys import new_key, owner
from tilth.apps.serve.places import Places
from tilth.apps.serve.reloading import request_reload, worker_states
from tilth.errors import ServiceError

ASKED = {"context": "u001", "candidates": ["nothing"]}
MANY = {"context": "u001", "candidates": ["nothing"] * 900}
CUT_OFF = (b"POST /v1/filter HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{", b"POST /v1", b"\x16\x03\x01\x00")


def test_scores_and_reasons_are_those_of_tilth_filter(jobboard: Running) -> None:
    """Every pair of the job board, over HTTP and offline."""
    offline: dict[str, list[dict]] = {}
    for row in pq.read_table(jobboard.work / "filtered.parquet").to_pylist():
        offline.setdefault(row["context_id"], []).append(row)
    assert sum(map(len, offline.values())) == 1317
    connection = http.client.HTTPConnection("127.0.0.1", jobboard.port, timeout=20)
    for context, rows in offline.items():
        body = json.dumps({"context": context, "candidates": [row["item_id"] for row in rows]})
        connection.request("POST", "/v1/filter", body, {"Content-Type": "application/json"})
        decisions = json.loads(connection.getresponse().read())["decisions"]
        assert [one["p"] for one in decisions] == pytest.approx([row["p"] for row in rows], abs=1e-6)
        assert [one["keep"] for one in decisions] == [row["keep"] for row in rows]
        assert ["; ".join(one.get("reasons", [])) for one in decisions] == [row["reasons"] for row in rows]
    connection.close()


def test_batch_and_score_say_what_filter_says(jobboard: Running) -> None:
    row = pq.read_table(jobboard.work / "filtered.parquet").to_pylist()[0]
    asked = {"context": row["context_id"], "candidates": [row["item_id"], "nothing"]}
    one = jobboard.ask("/v1/filter", asked).json()
    batch = jobboard.ask("/v1/filter/batch", {"requests": [asked, asked]}, x_request_id="b").json()
    score = jobboard.ask("/v1/score", {**asked, "reasons": "full"}).json()
    assert [reply["decisions"] for reply in batch["replies"]] == [one["decisions"]] * 2
    assert [reply["request_id"] for reply in batch["replies"]] == ["b-0", "b-1"]
    assert [each["p"] for each in score["scores"]] == [row["p"], None]
    assert score["versions"] == one["versions"] == jobboard.ask("/readyz").json()


def test_attributes_in_own_words_are_compared(jobboard: Running) -> None:
    base = {"title": "Registered nurse", "text": "Nurse in Boston.", "attributes": {"occupation": "registered nurse"}}
    offered = [{"title": "Job", "attributes": {"occupation": one}} for one in ("registered nurse", "welder")]
    same, other = jobboard.ask("/v1/score", {"context": base, "candidates": offered}).json()["scores"]
    assert same["p"] < other["p"]
    wrong = jobboard.ask("/v1/score", {"context": base, "candidates": [{"attributes": {"salary_min": "much"}}]})
    assert (wrong.status, wrong.json()["error"]["field"]) == (422, "candidates[0].attributes.salary_min")


@pytest.mark.parametrize(
    ("path", "body", "status", "kind", "field"),
    [
        ("/v1/filter", b"", 400, "malformed_json", None),
        ("/v1/filter", b"{", 400, "malformed_json", None),
        ("/v1/filter", b'{"context": "\xff"}', 400, "malformed_json", None),
        ("/v1/filter", b"[" * 100_000, 422, "invalid_request", None),
        ("/v1/filter", b'{"a":' * 40_000, 422, "invalid_request", "a"),
        ("/v1/filter", [], 422, "invalid_request", None),
        ("/v1/filter", {"candidates": []}, 422, "invalid_request", "context"),
        ("/v1/filter", {**ASKED, "context": 7}, 422, "invalid_request", "context"),
        ("/v1/filter", {**ASKED, "candidates": ["a", 7]}, 422, "invalid_request", "candidates[1]"),
        ("/v1/filter", {**ASKED, "candidates": [""]}, 422, "invalid_request", "candidates[0]"),
        ("/v1/filter", {**ASKED, "candidates": [{"id": "a"}]}, 422, "invalid_request", "candidates[0]"),
        ("/v1/filter", {**ASKED, "candidates": [{"titel": "a"}]}, 422, "invalid_request", "candidates[0].titel"),
        ("/v1/filter", {**ASKED, "candidates": ["a"] * 1001}, 422, "invalid_request", "candidates"),
        ("/v1/filter", {**ASKED, "context": "x" * 513}, 422, "invalid_request", "context"),
        ("/v1/filter", {**ASKED, "context": {"text": "x" * 50_001}}, 422, "invalid_request", "context.text"),
        ("/v1/filter", {**ASKED, "limit": 3}, 422, "invalid_request", "limit"),
        ("/v1/filter", {**ASKED, "reasons": "many"}, 422, "invalid_request", "reasons"),
        ("/v1/filter", b'{"context": {"attributes": {"a": 1e999}}}', 422, "invalid_request", "context.attributes[...]"),
        ("/v1/filter", b" " * 300_000, 413, "too_large", None),
        ("/v1/filter/batch", {"requests": [ASKED] * 101}, 422, "invalid_request", "requests"),
        ("/v1/filter/batch", {"requests": [MANY] * 12}, 422, "invalid_request", "requests"),
        ("/v1/nothing", ASKED, 404, "not_found", None),
    ],
    ids=str,
)  # fmt: skip
def test_bad_input_is_told_in_one_shape(jobboard: Running, path, body, status, kind, field) -> None:
    answer = jobboard.ask(path, body)
    error = answer.json()["error"]
    assert (answer.status, error["type"], error.get("field")) == (status, kind, field), error
    assert set(error) <= {"type", "message", "field"}
    assert error["message"]
    assert "Traceback" not in answer.body.decode()
    assert jobboard.ask("/v1/filter", ASKED).status == 200


@pytest.mark.parametrize(
    ("headers", "status", "kind"),
    [
        ({"tilth_deadline_ms": "soon"}, 400, "invalid_header"),
        ({"tilth_deadline_ms": "-1"}, 400, "invalid_header"),
        ({"tilth_deadline_ms": "nan"}, 400, "invalid_header"),
        ({"x_request_id": "a b"}, 400, "invalid_header"),
        ({"x_request_id": "x" * 129}, 400, "invalid_header"),
        ({"tilth_deadline_ms": "1_000"}, 400, "invalid_header"),
        ({"content_type": "text/plain"}, 415, "unsupported_media_type"),
        ({"content_encoding": "gzip"}, 415, "unsupported_media_type"),
    ],
)
def test_bad_headers_are_told_too(jobboard: Running, headers: dict[str, str], status: int, kind: str) -> None:
    answer = jobboard.ask("/v1/filter", json.dumps(ASKED).encode(), **headers)
    assert (answer.status, answer.json()["error"]["type"]) == (status, kind)


def test_methods_and_routes_that_there_are_not(jobboard: Running) -> None:
    answer = jobboard.ask("/v1/filter", method="GET")
    assert (answer.status, answer.json()["error"]["type"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "POST"
    assert jobboard.ask("/healthz").json() == {"status": "ok"}


def test_a_deadline_of_nothing_keeps_everything(jobboard: Running) -> None:
    row = pq.read_table(jobboard.work / "filtered.parquet").to_pylist()[0]
    body = {"context": row["context_id"], "candidates": [row["item_id"]]}
    reply = jobboard.ask("/v1/filter", body, tilth_deadline_ms="0").json()
    assert (reply["decisions"][0]["status"], reply["decisions"][0]["keep"]) == ("deadline", True)
    assert reply["counts"]["late"] == 1


def test_clients_that_hang_up_harm_nobody(jobboard: Running) -> None:
    for sent in CUT_OFF:
        with socket.create_connection(("127.0.0.1", jobboard.port)) as connection:
            connection.sendall(sent)
    assert jobboard.ask("/v1/filter", ASKED).status == 200
    assert "Traceback" not in jobboard.output.read_text()


def test_metrics_add_up_over_the_workers(jobboard: Running) -> None:
    def answered() -> float:
        text = jobboard.ask("/metrics").body.decode()
        found = re.findall(r'tilth_requests_total\{route="/v1/score",status="200"\} (\S+)', text)
        return float(found[0]) if found else 0.0

    before = answered()
    for _ in range(20):  # a connection each: the kernel spreads them over both workers
        jobboard.ask("/v1/score", ASKED)
    assert answered() == before + 20
    text = jobboard.ask("/metrics").body.decode()
    assert len(set(re.findall(r'tilth_artifact_info\{.*pid="(\d+)"', text))) == 2
    for name in ("tilth_request_seconds_bucket", "tilth_candidates_total", "tilth_scores_total", "tilth_score_psi"):
        assert name in text


def test_the_page_needs_nothing_from_elsewhere(jobboard: Running) -> None:
    page = jobboard.ask("/docs").body.decode()
    assert "/v1/filter" in page
    assert not re.findall(r'(?:src|href)="(?!#|/openapi\.json")', page)
    assert "<script" not in page
    document = jobboard.ask("/openapi.json").json()
    known = json.loads((jobboard.config.parent / "jobs.jsonl").read_text().splitlines()[0])["item_id"]
    example = document["paths"]["/v1/filter"]["post"]["requestBody"]["content"]["application/json"]["example"]
    assert example["candidates"][0] == known, "what the demo's store holds"
    assert set(document["paths"]) >= {"/v1/filter", "/v1/filter/batch", "/v1/score", "/healthz", "/readyz", "/metrics"}


def test_keys_logs_reload_and_a_graceful_stop(tmp_path: Path) -> None:
    """One server through its life, so that it is started only once."""
    key, stored = new_key("mailer")
    port = free_port()
    settings = (
        f'[serve]\nport = {port}\ndeadline_ms = "none"\n[[serve.keys]]\nname = "mailer"\nhash = "{stored.hash}"\n'
        '[serve.log]\naccess = "file"\n[serve.guards]\naudit_share = 1.0\n'
    )
    config = put_project(tmp_path / "p", settings)
    asked = {"context": "u05", "candidates": [f"j{n}" for n in range(8)]}
    with running(config, port) as server:
        assert wait_for(lambda: f"Listening on http://127.0.0.1:{port} (1 worker)" in server.output.read_text())
        for given in ({}, {"authorization": "Bearer wrong"}, {"authorization": key}):
            refused = server.ask("/v1/filter", asked, **given)
            assert (refused.status, refused.json()["error"]["type"]) == (401, "unauthorized")
        assert server.ask("/readyz").status == 200
        mine = {"authorization": f"Bearer {key}"}
        first = server.ask("/v1/filter", asked, x_request_id="first", **mine)
        assert first.headers["x-request-id"] == first.json()["request_id"] == "first"
        assert first.json()["counts"]["dropped"] == 6
        _reload_under_load(server, mine, asked)
        slow = threading.Thread(target=lambda: answers.append(server.ask("/v1/filter", many, **mine).status))
        many = {"context": "u05", "candidates": [{"title": "cook wanted"}] * 400}
        answers: list[int] = []
        slow.start()
        time.sleep(0.3)
        assert server.stop() == 0
        slow.join()
        assert answers == [200], "what was begun is finished"
    _look_at_logs(server.work, key)
    assert not (server.work / "serve" / "server.pid").exists()
    with pytest.raises(ServiceError, match="no server of this project is running"):
        request_reload(Places(server.work))


def wait_for(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + 20
    while not holds() and time.monotonic() < until:
        time.sleep(0.05)
    return holds()


def _reload_under_load(server: Running, mine: dict[str, str], asked: dict) -> None:
    """A new threshold, a new item, and a broken artifact, while requests go on."""
    statuses: list[int] = []
    done = threading.Event()

    def load() -> None:
        while not done.is_set():
            statuses.append(server.ask("/v1/filter", asked, **mine).status)

    thread = threading.Thread(target=load)
    thread.start()
    places, text = Places(server.work), server.config.read_text()
    server.config.write_text(text.replace("[serve]\n", "[serve]\nthreshold = 1.0\n"))
    states = request_reload(places)
    assert [state.versions.threshold_p for state in states.values()] == [1.0]
    assert server.ask("/v1/filter", asked, **mine).json()["counts"]["dropped"] == 0
    whole = (server.work / "student" / "filter.json").read_bytes()
    (server.work / "student" / "filter.json").write_bytes(whole[:50])
    broken = request_reload(places)
    assert all("filter.json" in (state.error or "") for state in broken.values())
    assert server.ask("/v1/filter", asked, **mine).json()["versions"]["threshold_p"] == 1.0
    (server.work / "student" / "filter.json").write_bytes(whole)
    server.config.write_text(text.replace("[serve]\n", "[serve]\nworkers = 3\n"))
    done_by_hand = tilth_cli("serve", "reload", "--config", server.config)
    assert done_by_hand.out.endswith("without effect until the server is started anew: [serve] workers\n")
    assert "[serve] workers has changed; it counts from the next start on" in server.output.read_text()
    server.config.write_text(text)
    assert all(state.error is None for state in request_reload(places).values())
    assert server.ask("/v1/filter", asked, **mine).json()["counts"]["dropped"] == 6
    done.set()
    thread.join()
    assert set(statuses) == {200}
    assert len(worker_states(places)) == 1


def _look_at_logs(work: Path, key: str) -> None:
    lines = [json.loads(line) for line in (work / "serve" / "access.jsonl").read_text().splitlines()]
    first = next(line for line in lines if line["request_id"] == "first")
    assert (first["key"], first["candidates"], first["dropped"], first["status"]) == ("mailer", 8, 6, 200)
    refused = [line for line in lines if line["status"] == 401]
    assert len(refused) == 3
    assert all(line["error"] == "unauthorized" and "key" not in line for line in refused)
    decided = sum(line["candidates"] for line in lines if line.get("candidates"))
    for folder in ("decisions", "audit"):
        found = sorted((work / "serve" / folder).iterdir())
        assert {path.suffix for path in found} == {".parquet"}
        assert sum(pq.read_table(path).num_rows for path in found) == decided
    for path in (work / "serve").rglob("*"):
        assert path.is_dir() or key.encode() not in path.read_bytes()


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    config = put_project(tmp_path / "p", "[serve]\n")
    (config.parent / "work" / "student" / "entities" / "current.json").unlink()
    started = tilth_cli("serve", "--config", config)
    assert (started.code, "run `tilth serve index` first" in started.err) == (5, True)
    reloaded = tilth_cli("serve", "reload", "--config", config)
    assert (reloaded.code, "no server of this project is running" in reloaded.err) == (1, True)


def test_a_port_that_is_taken_and_a_project_that_is_served_already(tmp_path: Path, jobboard: Running) -> None:
    taken = tilth_cli("serve", "--config", put_project(tmp_path / "p", f"[serve]\nport = {jobboard.port}\n"))
    assert (taken.code, "Listening" in taken.out, "Traceback" in taken.err) == (2, False, False)
    assert f"127.0.0.1:{jobboard.port} cannot be listened on" in taken.err
    twice = tilth_cli("serve", "--config", jobboard.config)
    assert (twice.code, "serves this project already" in twice.err) == (2, True)


def test_index_takes_up_new_items_without_training(tmp_path: Path) -> None:
    config = put_project(tmp_path / "p", "[serve]\n")
    before = load(config.parent / "work", ServeConfig()).versions
    with (config.parent / "jobs.jsonl").open("a") as file:
        file.write('{"id": "j99", "title": "nurse wanted", "text": "we look for a nurse, 40 an hour"}\n')
    indexed = tilth_cli("serve", "index", "--json", "--config", config).json()
    assert (indexed["items"], indexed["prepared"], indexed["generation"]) == (9, 1, "00000002")
    ours = load(config.parent / "work", ServeConfig())
    assert (ours.versions.artifact, ours.versions.entities) == (before.artifact, "00000002")
    assert ours.store.items.index.rows_of(["j0", "j99"]).tolist() == [0, 8]


def test_a_key_is_printed_with_what_the_settings_need() -> None:
    made = tilth_cli("serve", "key", "mailer", "--json").json()
    assert owner(made["key"], [KeyConfig(made["name"], made["hash"])]) == "mailer"
    odd = 'the "new" \\ mäiler'
    lines = tilth_cli("serve", "key", odd).out.partition("\n\n")[2]
    assert tomllib.loads(lines)["serve"]["keys"][0]["name"] == odd
    nameless = tilth_cli("serve", "key", "")
    assert (nameless.code, "'' cannot name a key" in nameless.err) == (2, True)


def test_attributes_that_count_for_nothing_are_told_of_and_counted(jobboard: Running) -> None:
    nurse = {
        "title": "Night nurse",
        "attributes": {"schedule": "at night", "level": "Senior", "city": "Nowhere", "pey": 1},
    }
    reply = jobboard.ask("/v1/score", {"context": {"title": "Nurse"}, "candidates": [nurse, nurse]}).json()
    name, value = reply["warnings"]
    assert name.startswith("the item's attribute 'pey' is unknown to this student and was not looked at; known: city, ")
    assert value == (
        "the item's schedule 'at night' is none of full-time days, full-time nights, part-time, "
        "rotating shifts incl. weekends, and counts for nothing"
    )
    assert reply["scores"][0]["status"] == "scored"
    counted = re.findall(r"tilth_ignored_attributes_total ([0-9.]+)", jobboard.ask("/metrics").body.decode())
    assert float(counted[0]) >= 2
    wrong = jobboard.ask("/v1/score", {"context": {"attributes": {"skills": "x"}}, "candidates": []}).json()["error"]
    assert wrong["message"] == "this attribute is a list of texts to the student that answers"
