# Everything a newcomer needs. Each target sets up what it uses; run again, the set-up takes no time.
.DEFAULT_GOAL := help
.PHONY: help setup demo demo-reset test check format lock screenshots clean
SHELL := /bin/bash
BIN := .venv/bin
export PYTHON
# Where it is set, each of the many processes that are started would compile every module again: twice the time.
unexport PYTHONDONTWRITEBYTECODE

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Python packages and browser assets (into .venv and node_modules)
	@tools/setup

demo: setup ## Start everything with sample cities; Ctrl-C stops all of it
	@exec $(BIN)/yoyaku demo run

demo-reset: setup ## Forget the demo's data
	@$(BIN)/yoyaku demo reset

# The guards have just run among the checks.
test: setup check ## Checks and every test (installs Chromium where it may)
	@tools/install-chromium
	@$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder -q --ignore=tests/unit/guards $(PYTEST_ARGS)

check: setup ## Format, lint, types, import direction, rule sets, tenants, translations, guards
	@tools/check

format: setup ## Format the code and mend what ruff can mend
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lock: setup ## Write the locks anew from pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
	  --extra local --group dev --no-emit-package yoyaku pyproject.toml plugins/*/pyproject.toml --output-file requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
	  --group setup --output-file requirements.setup.lock
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
	  --group node --output-file requirements.node.lock
	@! command -v npm >/dev/null || npm install --package-lock-only --silent

screenshots: setup ## Pictures of each site at phone and desktop size (needs a running demo)
	@$(BIN)/python tools/screenshots.py

clean: ## Remove what set-up made (the demo's data stay)
	@rm -rf .venv node_modules platform/yoyaku/ui/assets/vendor .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
