"""Whatever the served OpenAPI document allows, and much that it does not: no 500, and replies as documented."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance
from serve_world import Running

CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]
ROUTES = [
    "POST /v1/filter",
    "POST /v1/filter/batch",
    "POST /v1/score",
    "GET /v1/suggest",
    "GET /v1/understand",
    "GET /readyz",
    "GET /healthz",
]
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]


@pytest.fixture(scope="session")
def document(jobboard: Running) -> Any:
    return schemathesis.openapi.from_url(f"{jobboard.url}/openapi.json")


def try_out(document: Any, route: str, mode: GenerationMode, examples: int) -> None:
    method, path = route.split()
    limits = settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))

    @limits
    @given(document[path][method].as_strategy(generation_mode=mode))
    def holds(case: Any) -> None:
        case.call_and_validate(checks=CHECKS)

    holds()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("route", ROUTES[:5])
def test_no_request_breaks_the_server(document: Any, route: str, mode: GenerationMode) -> None:
    try_out(document, route, mode, 15)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("route", "mode"),
    # The last two take nothing that could be wrong.
    [(route, mode) for route in ROUTES for mode in MODES if mode is GenerationMode.POSITIVE or "/v1/" in route],
)
def test_no_request_breaks_the_server_however_long_one_tries(document: Any, route: str, mode: GenerationMode) -> None:
    try_out(document, route, mode, 400)
