.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON := .venv/bin/python
COMPILE := .venv/bin/pip-compile --quiet --generate-hashes --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --allow-unsafe --no-header

.PHONY: help run test test-rules check format bench migration requirements

help: ## This list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

run: ## Set up everything and run the demo on http://localhost:8000 (PORT=)
	@bin/setup run
	@exec $(PYTHON) -m tfsaas.embedded.run

test: ## Set up everything and run the whole suite on private servers
	@bin/setup test
	@exec $(PYTHON) -m pytest -q -n auto --dist loadscope --no-loadscope-reorder

test-rules: ## The rules alone, in seconds, with no services
	@bin/setup test
	@exec $(PYTHON) -m pytest -q tests/rules

check: ## Lint, types, imports and templates
	@bin/setup test
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo
	.venv/bin/djlint --quiet --lint tfsaas/templates
	$(PYTHON) -m tests.sizes

format: ## Format code and templates
	.venv/bin/ruff check --fix-only --quiet . || true
	.venv/bin/ruff format .
	.venv/bin/djlint --quiet --reformat tfsaas/templates || true

bench: ## The paired benchmarks at a twentieth of England (SCALE=)
	@bin/setup test
	@bin/setup bench
	@exec $(PYTHON) -m benchmarks run all --scale $${SCALE:-0.05} --rounds $${ROUNDS:-3}

migration: ## A new numbered migration from the models (MESSAGE=)
	@exec $(PYTHON) -m tests.migration "$(MESSAGE)"

requirements: ## Compile requirements*.txt anew from pyproject.toml
	$(COMPILE) --upgrade -o requirements.txt pyproject.toml
	$(COMPILE) --upgrade -c requirements.txt --extra dev -o requirements-dev.txt pyproject.toml
	$(COMPILE) --upgrade -c requirements.txt --extra bench -o requirements-bench.txt pyproject.toml
	$(COMPILE) --upgrade -o requirements-node.txt requirements-node.in
