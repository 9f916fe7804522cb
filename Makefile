# Everything a person types; each target sets up what it needs, and is fast the second time.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST_ARGS ?=
BENCH_ARGS ?=

.PHONY: run demo bench test lint format browser-for-tests node-client-for-tests

run: $(VENV)/.ready
	@exec $(BIN)/python app.py

demo: $(VENV)/.ready
	@$(BIN)/flask --app app demo

bench: $(VENV)/.ready-dev $(VENV)-bench/.ready
	@$(BIN)/python -m tests.bench $(BENCH_ARGS)

# Lint and types first: they are quick and say most. pytest's own summary is the last line.
test: lint browser-for-tests node-client-for-tests
	@$(BIN)/pytest -n auto $(PYTEST_ARGS)

lint: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.ready-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# What the console needs to run, and what its tests need on top. Exact versions with hashes: what was tested is installed.
$(VENV)/.ready: requirements.txt | $(BIN)/python
	@echo "Installing what Vouchdesk needs (once; less than a minute) ..."
	@$(call install,requirements.txt)
	@touch $@

$(VENV)/.ready-dev: requirements-dev.txt | $(BIN)/python
	@echo "Installing what the tests need ..."
	@$(call install,requirements-dev.txt)
	@touch $@ $(VENV)/.ready

# What the console is measured against; never in its own environment.
$(VENV)-bench/.ready: requirements-bench.txt $(VENV)/.ready-dev
	@echo "Installing the peers to measure against ..."
	@test -x $(VENV)-bench/bin/python || $(PYTHON) -m venv $(VENV)-bench
	@$(BIN)/uv pip install --quiet --python $(VENV)-bench/bin/python --require-hashes -r $< \
	  || $(VENV)-bench/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Vouchdesk needs Python 3.11 or newer; $(PYTHON) is older or missing. Say which: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
	  rm -rf $(VENV); echo "No virtual environment could be made. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }

# uv takes seconds where pip takes a minute; where uv cannot be had, pip does the same.
define install
{ $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt \
  && $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r $(1); } 2>$(VENV)/install.log \
|| $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1)
endef

browser-for-tests:
	@sh .ci/browser

node-client-for-tests:
	@sh .ci/node
