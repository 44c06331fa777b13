"""A fingerprint changes with everything that can change the answer, and with nothing else."""

import hashlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from llm_helpers import GRADES, request_for

from tilth.errors import ConfigError
from tilth.llm import Message, Request

TEXTS = st.text(max_size=20)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
MAPPINGS = st.dictionaries(TEXTS, JSON_VALUES, max_size=4)
REQUESTS = st.builds(
    Request,
    model=TEXTS,
    messages=st.lists(st.builds(Message, role=st.sampled_from(["system", "user"]), content=TEXTS), max_size=3).map(
        tuple
    ),
    schema=st.none() | MAPPINGS,
    sampling=MAPPINGS,
    endpoint=st.just("http://llm.test/v1"),
    key=st.tuples(TEXTS, TEXTS),
)


def reversed_keys(value):
    if isinstance(value, dict):
        return {key: reversed_keys(value[key]) for key in reversed(list(value))}
    return [reversed_keys(entry) for entry in value] if isinstance(value, list) else value


def changed(request: Request, **changes) -> Request:
    fields = ("model", "messages", "schema", "schema_name", "sampling", "endpoint", "key")
    return Request(**{**{name: getattr(request, name) for name in fields}, **changes})


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_is_the_sha256_of_head_and_framed_turns():
    request = Request(
        model="m",
        messages=(Message("system", ""), Message("user", "é?")),
        schema={"type": "object"},
        sampling={"temperature": 0.0, "seed": 7},
        endpoint="HTTP://LLM.test:80/v1/",
        key=("u1", "j1"),
    )
    head = (
        r'{"endpoint":"http://llm.test/v1","model":"m",'
        r'"sampling":{"seed":7,"temperature":0},"schema":{"type":"object"}}'
    )
    assert request.fingerprint == sha256(f"{sha256(head)}r6:systemc0:r4:userc2:é?")


def test_of_recorded_answers_holds_the_key():
    request = Request(model="m", messages=(Message("user", "?"),), endpoint="recorded:0", key=("u1", "j1"))
    head = '{"endpoint":"recorded:0","model":"m","sampling":{},"schema":null}'
    assert request.fingerprint == sha256(f"{sha256(head)}k2:u1k2:j1r4:userc1:?")


def test_a_schema_or_sampling_that_was_changed_in_place_is_seen():
    schema, sampling = {"enum": [1, 2]}, {"seed": 1}
    first = Request(model="m", messages=(), schema=schema, sampling=sampling).fingerprint
    schema["enum"].append(3)
    second = Request(model="m", messages=(), schema=schema, sampling=sampling).fingerprint
    sampling["seed"] = 2
    third = Request(model="m", messages=(), schema=schema, sampling=sampling).fingerprint
    assert len({first, second, third}) == 3


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=3), st.lists(st.tuples(TEXTS, TEXTS), max_size=3))
def test_other_turns_are_another_question(one, other):
    first, second = (changed(EMPTY, messages=tuple(Message(*turn) for turn in turns)) for turns in (one, other))
    assert (first.fingerprint == second.fingerprint) == (one == other)


EMPTY = Request(model="m", messages=())


@given(REQUESTS, st.tuples(TEXTS))
def test_neither_the_key_nor_the_order_of_keys_changes_it(request_, key):
    other = changed(
        request_,
        key=key,
        schema_name="other",
        sampling=reversed_keys(request_.sampling),
        schema=None if request_.schema is None else reversed_keys(request_.schema),
        endpoint="http://user:secret@llm.test/v1/?api-version=3",
    )
    assert other.fingerprint == request_.fingerprint


@given(REQUESTS, st.sampled_from(["model", "messages", "schema", "sampling", "endpoint"]))
def test_everything_else_changes_it(request_, field):
    changes = {
        "model": request_.model + "x",
        "messages": (*request_.messages, Message("user", "")),
        "schema": {**(request_.schema or {}), "added": 1},
        "sampling": {**request_.sampling, "added": 1},
        "endpoint": "http://llm.test/v2",
    }
    assert changed(request_, **{field: changes[field]}).fingerprint != request_.fingerprint


def test_text_moved_from_one_message_to_the_next_changes_it():
    one = request_for(messages=(Message("user", "ab"), Message("user", "c")))
    two = request_for(messages=(Message("user", "a"), Message("user", "bc")))
    assert one.fingerprint != two.fingerprint


def test_no_schema_differs_from_an_empty_one():
    assert request_for(schema=None).fingerprint != request_for(schema={}).fingerprint


def test_recorded_answers_are_looked_up_by_key_so_there_the_key_counts():
    one, two = (request_for(endpoint="recorded:0123456789abcdef", key=(key,)) for key in ("a", "b"))
    assert one.fingerprint != two.fingerprint


def test_a_request_shows_no_credentials():
    shown = repr(request_for(endpoint="https://me:hunter2@llm.test/v1?key=hunter2"))
    assert "hunter2" not in shown
    assert "https://llm.test/v1" in shown


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("http://h/v1", "http://h/v1"),
        ("http://h/v1/", "http://h/v1"),
        (" HTTPS://H:443/v1//", "https://h/v1"),
        ("https://h:80/v1", "https://h:80/v1"),
        ("http://u:p@h:8000/V1?k=1#f", "http://h:8000/V1"),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1"),
        ("recorded:0123", "recorded:0123"),
        ("", ""),
    ],
)
def test_endpoints_have_one_spelling(written, normal):
    assert request_for(endpoint=written).endpoint == normal


@pytest.mark.parametrize("address", ["http://h:port/v1", "http://[::1/hunter2"])
def test_a_malformed_endpoint_is_refused_without_showing_it(address):
    with pytest.raises(ConfigError) as caught:
        request_for(endpoint=address)
    assert "hunter2" not in str(caught.value)


def test_nan_in_sampling_has_no_fingerprint():
    with pytest.raises(ValueError, match="JSON"):
        _ = request_for(sampling={"temperature": math.nan}).fingerprint


def test_equal_requests_are_equal():
    assert request_for(1) == request_for(1, schema=dict(reversed(GRADES.items())))
