# A machine needs Python 3.11 or newer, make and git. All else is installed into .venv by the first target that uses it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
REPORTS := build/reports
WHEEL_VENV := build/wheel-venv

.DEFAULT_GOAL := help
.PHONY: help demo test fuzz faults names servers lint check format golden costs docs build phase-start phase-end phase-check phase-named clean

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: $(READY) ## Take a small project through one phase, and print every step
	$(BIN)/python tests/demo.py

test: $(READY) ## Run the tests; a branch of the safety modules that none of them takes is a failure
	SAFETY=1 $(BIN)/python -m pytest -n auto

fuzz: $(READY) ## [RUNS=n] [TARGET=name]: give every reader, and the filler, what nobody meant
	$(BIN)/python tests/fuzz.py $(if $(RUNS),--runs $(RUNS)) $(if $(TARGET),--target $(TARGET))

faults: $(READY) ## Let every call that changes a file fail in every way, kill and crowd the real command (an hour)
	FAULTS=1 $(BIN)/python -m pytest -n auto tests/test_command_faults.py tests/test_command_storms.py tests/test_histories.py

names: $(READY) ## [NAMES=n] [SEED=n]: hold the names of strangers against every place where a name can stand
	NAMES=$(or $(NAMES),100000) SEED=$(or $(SEED),1000) DOCUMENTS=$(or $(DOCUMENTS),10000) \
		$(BIN)/python -m pytest -n auto tests/test_names.py tests/test_block_lines.py

servers: ## Install the servers and the browser that some tests use (Debian, root)
	PYTHON=$(PYTHON) .ci/servers

lint: $(READY) ## Check format, style, types, and the direction of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

check: lint ## Do what CI does: lint, then test
	@$(MAKE) --no-print-directory test

format: $(READY) ## Format the code, and mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

golden: $(READY) ## Write the sample reports again with the tools that make them, and say what changed
	@failed=; for script in tests/collectors/*/make.py; do \
		echo "$$script"; $(BIN)/python "$$script" || failed="$$failed $$script"; \
	done; git --no-pager diff --stat -- tests; \
	if [ -n "$$failed" ]; then echo "not written again:$$failed" >&2; exit 1; fi

costs: $(READY) ## Measure the time and the memory that hostile and honest reports take
	$(BIN)/python tests/costs.py

docs: $(READY) ## Write the pages that are made from the program: exit codes, places
	$(BIN)/python tests/pages.py

build: $(READY) ## Make sdist and wheel in dist/, and run the installed wheel from another folder
	rm -rf dist $(WHEEL_VENV)
	$(BIN)/python -m build --outdir dist .
	$(PYTHON) -m venv $(WHEEL_VENV)
	$(WHEEL_VENV)/bin/python -m pip install --quiet --disable-pip-version-check dist/*.whl
	cd / && $(abspath $(WHEEL_VENV))/bin/phasemetrics --version && $(abspath $(WHEEL_VENV))/bin/phasemetrics explain locked

phase-start: phase-named $(REPORTS)/.measured ## PHASE=n: run the tests and record what the phase starts from
	$(BIN)/phasemetrics baseline --phase '$(PHASE)' --junit $(REPORTS)/junit.xml --coverage $(REPORTS)/coverage.json

phase-end: phase-named $(REPORTS)/.measured ## PHASE=n: run the tests and fill the documents of the phase
	$(BIN)/phasemetrics fill --phase '$(PHASE)' --junit $(REPORTS)/junit.xml --coverage $(REPORTS)/coverage.json

phase-check: phase-named $(READY) ## PHASE=n: say which numbers in the documents of the phase are no longer true
	$(BIN)/phasemetrics check --phase '$(PHASE)'

clean: ## Remove all that make made, the environment too
	rm -rf $(VENV) build dist .coverage .coverage.* .hypothesis .mypy_cache .ruff_cache .import_linter_cache
	find src collectors templates tests -name __pycache__ -type d -prune -exec rm -rf {} +

phase-named:
	@test -n '$(PHASE)' || { echo 'which phase? say it with PHASE=3' >&2; exit 2; }

# Failed tests are evidence too, so exit code 1 goes on: the document then says that they failed.
.PHONY: $(REPORTS)/.measured
$(REPORTS)/.measured: phase-named $(READY)
	rm -rf $(REPORTS)
	mkdir -p $(REPORTS)
	$(BIN)/python -m pytest -n auto --junitxml=$(REPORTS)/junit.xml --cov --cov-report=json:$(REPORTS)/coverage.json \
		|| test $$? -eq 1

# pip learned to read dependency groups after Python 3.11 shipped it, so Python reads them for it.
$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"]["dev"], sep="\n")' \
		> $(VENV)/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . --requirement $(VENV)/dev.txt
	@touch $@
