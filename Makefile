# Two commands matter: `make run` starts Reglament and runs a case; `make test` checks everything.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check --quiet

# Tests that kill the whole system under load want the machine for themselves.
ALONE := $(addprefix tests/faults/test_,killed.py stack_killed.py negative_controls.py starting_and_stopping.py \
  failing_readers.py poison.py)

.DEFAULT_GOAL := help
.PHONY: help install run demo stack test test-all torture bench lint types lock clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/.installed: requirements.lock pyproject.toml
	@test -x $(BIN)/python || { command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed (set PYTHON=/path/to/python3.11)"; exit 1; }; $(PYTHON) -m venv $(VENV); }
	@echo "Installing Reglament into $(VENV) …"
	@$(PIP) install --require-hashes --no-deps -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-test: requirements-test.lock $(VENV)/.installed
	@echo "Installing what the tests need …"
	@$(PIP) install --require-hashes --no-deps -r requirements-test.lock
	@touch $@

install: $(VENV)/.installed ## the virtual environment with .venv/bin/reglament

run: install ## start everything on 127.0.0.1:8000, run one case, keep serving
	@$(BIN)/reglament run --demo

demo: install ## one case in a throw-away home
	@$(BIN)/reglament demo

stack: install ## the same as many processes over Kafka (ARGS="--brokers 3 --workers 2"; DEMO=0: not a demonstration)
	@$(BIN)/reglament stack $(ARGS)

lint: $(VENV)/.installed-test ## ruff
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.installed-test ## strict types
	@$(BIN)/mypy

# They start hundreds of processes: what one has compiled the next needn't.
test test-all torture: export PYTHONDONTWRITEBYTECODE :=
test: lint types ## ruff, strict types, all tests
	@$(BIN)/pytest -n 2 --no-loadscope-reorder $(ALONE:%=--ignore=%)
	@$(BIN)/pytest $(ALONE)

test-all: export CASES_OVER_KAFKA = all
test-all: test ## the same, with every worked case over Kafka too, not one granted and one refused of each procedure

torture: $(VENV)/.installed-test ## kill an installation of many processes KILLS=200 times, and count
	@$(BIN)/python -m tests.faults.torture --kills $(or $(KILLS),200)

bench: $(VENV)/.installed-test ## measure against the floor, into tests/benchmarks/RESULTS.md (ONLY=append,steps; QUICK=1)
	@$(BIN)/python -m tests.benchmarks $(ONLY:%=--only=%) $(if $(QUICK),--quick)

lock: ## resolve the lock files anew (needs uv)
	uv pip compile pyproject.toml --python-version 3.11 --generate-hashes --no-header --no-annotate --universal -q -o requirements.lock
	uv pip compile pyproject.toml --extra test --python-version 3.11 --generate-hashes --no-header --no-annotate --universal -q -o requirements-test.lock

clean: ## remove the environment and the caches
	rm -rf $(VENV) .mypy_cache .ruff_cache *.egg-info
