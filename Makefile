# make run | test | check | bench | web | clean. Everything is installed below this folder, in .venv and web/.

SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
WEB_BUILT := web/dist/.built
WEB_SOURCES := $(shell find web -name node_modules -prune -o -name dist -prune -o -type f -print 2>/dev/null)
# A system's own Python was built with a profile; one that a version manager has built often was not, and takes longer.
PYTHON ?= $(shell for python in /usr/bin/python3.11 python3.11 python3 python3.13 python3.12; do \
	"$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)

# The whole suite runs in a process for each core and one more (four at most), each with a database of its own; a part of
# it in one.
WORKERS ?= $(if $(ARGS),0,logical)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Tools of the shell's own environment must not mix with those of .venv.
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME
# Hundreds of processes are started: each would compile every module again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := run
.PHONY: run test check bench web clients install clean

run: $(INSTALLED)
	@$(MAKE) --no-print-directory web || echo "GraphiQL could not be built; everything else runs without it." >&2
	@exec $(BIN)/orrery serve

test: $(INSTALLED) web
	$(BIN)/pytest -n $(WORKERS) $(ARGS)

check: $(INSTALLED)
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.rules
	$(BIN)/orrery schema --check
	$(BIN)/orrery records --check

bench: $(INSTALLED)
	$(BIN)/python -m bench $(ARGS)

# Node is optional, so its absence is told and is no failure.
web:
	@if ! command -v npm >/dev/null || ! node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null; \
	then [ -e $(WEB_BUILT) ] || echo "Node 20 or later was not found: GraphiQL and the REST reference are not built."; \
	else $(MAKE) --silent --no-print-directory $(WEB_BUILT); fi

$(WEB_BUILT): $(WEB_SOURCES)
	@echo "Building web/ ..."
	@cd web && npm ci --no-audit --no-fund --loglevel=error && npm run --silent build
	@touch $@

$(INSTALLED): pyproject.toml constraints.txt
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or later, with its venv module, is needed and was not found." >&2; exit 1; }
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	# Most modules of the libraries are never loaded: those that are, are compiled as they are.
	$(BIN)/python -m pip install --quiet --no-compile -c constraints.txt -e '.[dev]'
	@touch $@

# The clients of others that tests run, each of which installs its own where that was not done before.
clients: $(addsuffix /node_modules/.package-lock.json,tests/clients tests/agents/conformance)

%/node_modules/.package-lock.json: %/package-lock.json
	@! command -v npm >/dev/null || (cd $* && npm ci --no-audit --no-fund --loglevel=error >/dev/null)

install: $(INSTALLED)

# The data in .data stays.
clean:
	rm -rf $(VENV) web/dist web/node_modules tests/clients/node_modules tests/agents/*/node_modules dist build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache \
		.hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
