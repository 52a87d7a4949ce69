# hayai: one command for each thing one does with it. `make` alone shows them.

PYTHON ?= python3
VENV   ?= .venv

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
UV  := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url

.DEFAULT_GOAL := help
.PHONY: help demo test check format lint types floors bench bench-peers lock

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: $(VENV)/.installed ## the published comparison on the local Bedrock; no account needed
	$(BIN)/hayai demo

test: $(VENV)/.developing ## the whole test suite
	$(BIN)/python -m pytest -n 2 --dist worksteal

check: format lint types floors test ## all that must hold before a change goes in, the tests last

format: $(VENV)/.developing
	$(BIN)/ruff format --check

lint: $(VENV)/.developing
	$(BIN)/ruff check

types: $(VENV)/.developing
	$(BIN)/mypy

floors: $(VENV)/.developing
	$(BIN)/lint-imports

bench: $(VENV)/.developing ## the benchmarks: is the instrument as exact and as light as it says?
	@for file in benchmarks/[a-z]*.py; do \
		echo "== $$file"; $(BIN)/python -m "benchmarks.$$(basename "$$file" .py)" || exit 1; \
	done

bench-peers: $(VENV)/.developing ## the same beside other tools, each installed apart (some GB, an hour); writes docs/benchmarks.md
	$(BIN)/python -m benchmarks.peers

lock: $(VENV)/.developing ## bring the locks up to date; add UPGRADE=--upgrade to take newer versions
	$(UV) $(UPGRADE) pyproject.toml --group build --output-file requirements.lock
	$(UV) $(UPGRADE) pyproject.toml --group dev --constraint requirements.lock --output-file requirements-dev.lock

# What is installed changes when a lock does, and not otherwise. The tree itself is installed as a link to it.

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "hayai needs Python 3.11 or newer: make PYTHON=python3.12, for example")'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.made requirements.lock
	$(PIP) --require-hashes --requirement requirements.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.developing: $(VENV)/.installed requirements-dev.lock
	$(PIP) --require-hashes --requirement requirements-dev.lock
	@touch $@
