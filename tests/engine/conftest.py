"""A driver for each runner, started once."""

from collections.abc import Iterator

import pytest
from engine_driver import Driver


@pytest.fixture(scope="session")
def native() -> Iterator[Driver]:
    driver = Driver("native")
    yield driver
    driver.close()


@pytest.fixture(scope="session")
def ray() -> Iterator[Driver]:
    driver = Driver("ray")
    yield driver
    driver.close()


@pytest.fixture(params=["native", pytest.param("ray", marks=pytest.mark.slow)])
def driver(request: pytest.FixtureRequest) -> Driver:
    """Of each runner; on Ray each call starts two processes, 2 s."""
    return request.getfixturevalue(request.param)


@pytest.fixture(params=["native", "ray"])
def quick_driver(request: pytest.FixtureRequest) -> Driver:
    """As `driver`, for the one test on Ray that is always run."""
    return request.getfixturevalue(request.param)
