# Evenhand's tasks. Needs Python 3.11, 3.12 or 3.13 and nothing else; everything goes into .venv.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
PORT ?= 8000
# The lock holds every package, so pip resolves nothing: a newer release elsewhere changes nothing.
INSTALL := $(BIN)/pip install -q --disable-pip-version-check --no-deps --only-binary :all: --require-hashes
# The lock keeps extras. A version changes only where asked: PACKAGE=name, or UPGRADE=1 for all.
COMPILE := $(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-strip-extras \
	--only-binary :all: --no-emit-index-url $(if $(UPGRADE),--upgrade) $(addprefix --upgrade-package ,$(PACKAGE))
WORKERS ?= 2
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Compiled modules are kept, whatever the machine says: else every process compiles the program anew.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help setup hooks demo test quick pure cover check-deploy sure lint types fix vectors lock bench screenshots browser check-python clean-demo

help:            ## Show the tasks
	@grep -hE '^[a-z-]+: .*##|^[a-z-]+:  +##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 16

check-python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	  || { echo "Evenhand needs Python 3.11, 3.12 or 3.13: make PYTHON=python3.12 …"; exit 1; }

$(STAMPS)/venv: | check-python
	$(PYTHON) -m venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

# One stamp for what the program needs, one for what its tests need beside it.
$(STAMPS)/run: requirements.txt requirements-build.txt $(STAMPS)/venv
	$(INSTALL) -r requirements.txt -r requirements-build.txt
	@$(BIN)/pip check -q --disable-pip-version-check
	@touch $@

$(STAMPS)/dev: requirements-dev.txt $(STAMPS)/venv
	$(INSTALL) -r requirements-dev.txt
	@$(BIN)/pip check -q --disable-pip-version-check
	@touch $@ $(STAMPS)/run

# Not "npm ci": it refuses a lock that lacks the binaries of platforms which a registry mirror does
# not carry. --no-save keeps the lock as it is, and its hashes are checked all the same.
$(STAMPS)/node: frontend/package.json frontend/package-lock.json $(STAMPS)/run
	cd frontend && npm install --no-save --loglevel=error
	@touch $@

PHONE_SOURCES := $(shell find frontend/src frontend/public frontend/look frontend/sw.js frontend/index.html frontend/vite.config.ts -type f 2>/dev/null)
frontend/dist/index.html: $(PHONE_SOURCES) $(STAMPS)/node
	cd frontend && npm run --silent build
	@touch $@

setup: $(STAMPS)/dev frontend/dist/index.html   ## Install everything for development

hooks: $(STAMPS)/dev    ## Check format and lint at each commit, and make quick before a push
	$(BIN)/prek install --hook-type pre-commit --hook-type pre-push

demo: $(STAMPS)/run frontend/dist/index.html    ## Build, fill and serve the demo county (TLS=1 for phones)
	$(BIN)/python -m backend.app.cli demo --port $(PORT) $(if $(TLS),--tls) $(if $(HOST),--host $(HOST))

clean-demo:      ## Forget the demo county
	rm -rf var/demo

browser:         ## Make sure that there is a Chromium for the end-to-end tests
	@bash scripts/ensure-chromium.sh

# What make sure has run need not run again: .ci/run says RUN_BEFORE=tests/architecture.
# The long ones first: a worker that has nothing left takes over the rest of another's.
ON_DATABASES := tests/service tests/api tests/migrations tests/architecture tests/pure
PYTEST := $(BIN)/pytest -q -n $(WORKERS) --dist worksteal

test: $(STAMPS)/dev frontend/dist/index.html browser   ## Install what the tests need and run all of them
	cd frontend && npm test --silent
	$(PYTEST) --durations=15 $(filter-out $(RUN_BEFORE),tests/e2e tests/faults $(ON_DATABASES))

quick: $(STAMPS)/dev $(STAMPS)/node   ## Format, lint, types and pure tests: what a change is tried with
	@$(MAKE) --no-print-directory -j $(WORKERS) lint types pure

pure: $(STAMPS)/dev   ## The tests that need neither program nor database
	$(PYTEST) tests/pure

cover: $(STAMPS)/dev frontend/dist/index.html   ## Print which part of the backend the tests on SQLite run
	rm -f .coverage .coverage.*
	EVENHAND_TEST_ON=sqlite $(BIN)/coverage run -m pytest -q -n $(WORKERS) --dist worksteal $(ON_DATABASES)
	$(BIN)/coverage combine -q
	$(BIN)/coverage report

check-deploy: $(STAMPS)/dev frontend/dist/index.html browser   ## Run what deploy/ holds: nginx and units
	@bash scripts/ensure-deploy-tools.sh
	$(BIN)/pytest -q tests/deploy

sure: $(STAMPS)/dev $(STAMPS)/node   ## Format, lint, types, vectors, budgets
	@$(MAKE) --no-print-directory -j $(WORKERS) lint types vectors frontend/dist/index.html
	cd frontend && npm run --silent size
	$(PYTEST) tests/architecture

lint: $(STAMPS)/dev $(STAMPS)/node   ## Format and lint
	$(BIN)/ruff format --check -q .
	$(BIN)/ruff check -q .
	cd frontend && npm run --silent lint

types: $(STAMPS)/dev $(STAMPS)/node  ## Types of Python and TypeScript
	$(BIN)/mypy
	cd frontend && npm run --silent types

fix: $(STAMPS)/dev $(STAMPS)/node    ## Mend format and what the linters can
	$(BIN)/ruff format -q .
	$(BIN)/ruff check -q --fix .
	cd frontend && npm run --silent format

vectors: $(STAMPS)/dev $(STAMPS)/node  ## The known answers are what the code makes
	$(BIN)/python -m tests.vectors.make_draw_v1 --check
	$(BIN)/python -m tests.vectors.make_draw_v1_bundles --check
	$(BIN)/python -m tests.vectors.make_draw_v2 --check
	$(BIN)/python -m tests.vectors.make_draw_v2_bundles --check
	$(BIN)/python -m tests.vectors.make_sync_v1 --check
	$(BIN)/python -m tests.vectors.make_evidence_kinds --check
	$(BIN)/python -m scripts.code_lists --check
	$(BIN)/python -m scripts.api_types --check

lock: $(STAMPS)/dev     ## Pin with hashes; PACKAGE=name takes its newest version, UPGRADE=1 all newest
	$(COMPILE) pyproject.toml -o requirements.txt
	$(COMPILE) --group build -o requirements-build.txt
	$(COMPILE) -c requirements.txt pyproject.toml --group dev -o requirements-dev.txt

bench: setup browser   ## Print the figures that the documentation quotes
	$(BIN)/python -m benchmarks

screenshots: setup browser   ## Make the README's pictures again
	$(BIN)/python -m scripts.screenshots
