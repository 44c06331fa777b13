# Everything here needs python3 (3.11 or newer) and make; the environment is made on first use.
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DATA ?= ../shared/data
PG_DIR ?= /tmp/tilth-postgres
PG_PORT ?= 5433

.PHONY: help install demo test test-all check lock bench postgres postgres-stop clean

help:  ## Say what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

install: $(STAMP)  ## Make the environment (uv if present, else venv and pip)

$(STAMP): pyproject.toml requirements.lock scripts/bootstrap.sh
	@sh scripts/bootstrap.sh $(VENV)
	@touch $(STAMP)

demo: $(STAMP)  ## Run the main job on the bundled job board
	@$(BIN)/tilth demo

check: $(STAMP)  ## Lint, formatting, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports

test: check  ## Checks and all tests but the slow ones
	$(BIN)/pytest -m "not slow"

test-all: check  ## Checks and all tests
	$(BIN)/pytest

bench: $(STAMP)  ## Measure every number in docs/benchmarks.md (DATA=folder of the data sets)
	$(BIN)/python -m benchmarks --data $(DATA)

postgres:  ## Run a PostgreSQL on loopback (PG_DIR, PG_PORT), installing it if absent
	sh scripts/postgres.sh install
	sh scripts/postgres.sh start $(PG_DIR) $(PG_PORT)

postgres-stop:  ## Stop it
	sh scripts/postgres.sh stop $(PG_DIR)

lock: $(STAMP)  ## Renew requirements.lock from pyproject.toml (needs uv)
	sh scripts/lock.sh

clean:  ## Remove the environment and everything written
	rm -rf $(VENV) work tilth-demo .pytest_cache .ruff_cache .hypothesis .import_linter_cache
