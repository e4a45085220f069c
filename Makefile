# Every target sets itself up: it needs python3 >= 3.11, make and, the first time, a package index.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
REDOCLY := $(VENV)/redocly/node_modules/.bin/redocly
REDOCLY_VERSION := 2.77.0
SPEC := spec/outpost.yaml

# The tests start hundreds of processes; each would compile the sources anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test check lint types spec-lint drift generate unit pythons wheel bench limited bench-local conformance chaos interruptions soak peers models constraints clean

help:  ## show the targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

demo: $(VENV)/.ready  ## deploy a prediction template to a local Outpost and ask it for a summary
	@exec $(BIN)/outpostkit demo

test: check unit pythons wheel  ## every check and test
	@echo "All of it passed."

check: lint types spec-lint drift  ## format, lint, types, the document, and generated/ being up to date

lint: $(VENV)/.ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.ready
	$(BIN)/mypy
	$(BIN)/mypy tests/typing
	$(BIN)/pyright

spec-lint: $(REDOCLY)
	PATH="$(CURDIR)/$(BIN):$$PATH" $(REDOCLY) lint $(SPEC) --config spec/redocly.yaml

drift: $(VENV)/.ready
	$(BIN)/outpost-generator generate $(SPEC) --check

generate: $(VENV)/.ready  ## write generated/ anew from spec/ and the generator's templates
	$(BIN)/outpost-generator generate $(SPEC)

# One more than there are processors for us: most tests wait for a server or a replica now and then.
WORKERS = $$($(BIN)/python -c 'import os; print(1 + (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()))')

unit: $(VENV)/.ready
	@rm -rf .coverage && mkdir -m 1777 .coverage
	@# With --source each process looks for the files that it has not run, too: one is enough for that.
	@PYTHONWARNINGS=ignore $(BIN)/coverage run --source=overlay,generated,generator /dev/null
	OUTPOST_WRITABLE_FOLDERS=$(CURDIR)/.coverage OUTPOST_PASSED_VARIABLES=COVERAGE_PROCESS_CONFIG \
		$(BIN)/coverage run --include='$(CURDIR)/overlay/*,$(CURDIR)/generated/*,$(CURDIR)/generator/*' \
		-m pytest --quiet --numprocesses "$(WORKERS)" --dist loadfile
	@# What processes that were killed have left is no data; combining keeps it, with a warning.
	@$(BIN)/coverage combine --quiet 2> .coverage/combine.log || { cat .coverage/combine.log; exit 1; }
	@rm -f .coverage/data.*
	@total=$$($(BIN)/coverage report --format=total); code=$$?; \
		echo "The tests run $$total % of the lines of the packages; \`.venv/bin/coverage report -m\` shows the others."; \
		exit $$code

pythons: $(VENV)/.ready
	.ci/test-pythons

wheel: $(VENV)/.ready
	.ci/test-wheel

bench: .venv-bench/.ready  ## measure the SDK side by side with raw httpx
	.venv-bench/bin/python -m tests.benchmarks

limited: .venv-bench/.ready  ## predict a lot against a server that limits, loses and fails
	.venv-bench/bin/python -m tests.benchmarks.limited

bench-local: $(VENV)/.ready  ## measure the local Outpost: router, cold starts, scaling, large bodies
	$(BIN)/python -m tests.benchmarks.local_outpost

conformance: $(VENV)/.ready  ## try all operations of the public documents, and send the local Outpost 20,000 requests
	$(BIN)/python -m tests.generator.conformance --types $(SPEC) tests/generator/documents/*.yaml
	$(BIN)/python -m tests.generator.conformance --types || test $$? = 2  # 2: the public documents are not here
	$(BIN)/python -m tests.conformance

chaos: $(VENV)/.ready  ## kill a local Outpost 100 times in 5 minutes and see what is left
	$(BIN)/python -m tests.benchmarks.chaos

interruptions: $(VENV)/.ready  ## interrupt 1,000 calls and cancel 10,000 of the SDK, and see whether a connection is lost
	$(BIN)/python -m tests.benchmarks.interruptions

soak: $(VENV)/.ready  ## use a local Outpost for 30 minutes and see what has grown or is left
	$(BIN)/python -m tests.benchmarks.local_outpost.soak

peers: $(VENV)/.ready  ## drive outpostkit 0.0.46 and 0.0.69, and outpostcli 0.0.63 on this SDK, against a local Outpost
	$(BIN)/python -m tests.peers

models: $(VENV)/.ready  ## serve every task with a tiny model and compare it with the libraries; TASKS="--text", TASKS="summarization ..."
	$(BIN)/python -m tests.models $(TASKS)

constraints:  ## pin the newest versions that pyproject.toml allows
	.ci/freeze

clean:  ## remove everything that make has made
	rm -rf .venv .venv-* .models dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

# Made anew only when what is to be installed has changed. The stamp comes last, so that an
# interrupted installation is taken up again by the next run.
$(VENV)/.ready: pyproject.toml .ci/constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "This needs Python 3.11 or newer; name one with make PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "Installing what is needed into $(VENV) (once; under a minute) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--constraint .ci/constraints.txt --editable '.[dev]'
	@touch $@

# The core alone: with rich installed, httpx would import its own command line and look slower.
.venv-bench/.ready: pyproject.toml .ci/constraints.txt
	@$(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check \
		--constraint .ci/constraints.txt --editable .
	@touch $@

$(REDOCLY): $(VENV)/.ready Makefile
	PATH="$(CURDIR)/$(BIN):$$PATH" npm install --silent --no-audit --no-fund --no-package-lock \
		--prefix $(VENV)/redocly @redocly/cli@$(REDOCLY_VERSION)
	@touch $@
