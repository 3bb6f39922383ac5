# Two commands: `make demo` and `make test`. Both set up what they need; nothing but Python 3.11, make and git is expected.
.DEFAULT_GOAL := help
.PHONY: help setup demo test check lock bench faults hostile clean

PYTHON ?= $(shell command -v python3.11 || echo python3)
BIN := .venv/bin
HOME_DIR ?= var
INSTALLED := .venv/installed

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 10

setup: $(INSTALLED)  ## virtual environment from the hashed lock

$(INSTALLED): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "error: $(PYTHON) not found. Install Python 3.11 or name it: make PYTHON=/path/to/python"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m pip check
	@touch $@

demo: setup  ## simulate a casino, land it, build, test, publish, and print the headline figures
	$(BIN)/pitboss --home $(HOME_DIR) simulate
	$(BIN)/pitboss --home $(HOME_DIR) run $(HOME_DIR)/inbox

test: setup  ## every test: lint, types, Python tests, a dbt build with its tests in a fresh home
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh tests/run.sh

bench: setup  ## cost of landing 1 GB, beside its peers and under hardship: half an hour; BENCH="--only peers" for a part
	$(BIN)/python tests/bench/run.py $(BENCH)

faults: setup  ## faults of the disk at every operation of land, compact and publish: N=20000 SEED=7; then loaders that are killed
	$(BIN)/python -m tests.faults walk --faults $(or $(N),20000) $(if $(SEED),--seed $(SEED))
	$(BIN)/python -m tests.faults kills --faults 100 $(if $(SEED),--seed $(SEED))

hostile: setup  ## extreme events that every contract accepts, landed and built with all tests: MIXTURES=1000 SEED=7
	$(BIN)/python -m tests.hostile --mixtures $(or $(MIXTURES),300) $(if $(SEED),--seed $(SEED))

lock:  ## resolve the lock anew (needs uv)
	uv pip compile --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 --extra test pyproject.toml -o requirements.lock

clean:  ## remove the environment and all data of the demo
	rm -rf .venv var target logs
