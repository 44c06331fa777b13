"""Whatever the served OpenAPI document allows, and much that it does not: no 500, and replies as documented."""

import os
from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance
from serve_world import Running

CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]


@pytest.fixture(scope="session")
def served_schema(jobboard: Running) -> Any:
    return schemathesis.openapi.from_url(f"{jobboard.url}/openapi.json")


schema = schemathesis.pytest.from_fixture("served_schema")


@schema.parametrize()
@hypothesis.settings(max_examples=15, deadline=None, database=None)
def test_no_request_breaks_the_server(case: Any) -> None:
    case.call_and_validate(checks=CHECKS)


@pytest.mark.slow
@schema.parametrize()
@hypothesis.settings(max_examples=int(os.environ.get("TILTH_SCHEMA_EXAMPLES", "400")), deadline=None, database=None)
def test_no_request_breaks_the_server_however_long_one_tries(case: Any) -> None:
    case.call_and_validate(checks=CHECKS)
