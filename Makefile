# Two commands: `make demo` tries it, `make test` proves it. Both install what they need.
.POSIX:
.DEFAULT_GOAL := help

UV := .venv-uv/bin/uv
RUN := $(UV) run --locked --no-progress

help:  ## what can be made
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*## */\t/' | expand -t 18

demo: environment  ## try everything with people and patients who do not exist
	@$(RUN) --no-dev broker demo run

demo-wordpress: environment-dev system  ## the same, with a real WordPress beside it
	@$(RUN) python -m tests.live.demo_wordpress

test: environment-dev system lint  ## every test; names what this machine cannot run, and why
	@$(RUN) python -m pytest -ra

lint: environment-dev  ## ruff, mypy --strict, import-linter
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy
	@$(RUN) lint-imports --no-cache

bench: environment-dev system  ## measure, and write docs/performance.md
	@$(RUN) python -m tests.benchmarks

bench-history: environment-dev  ## the history with ten million grants on PostgreSQL (an hour; HISTORY="--grants 10000 1000000" is minutes)
	@$(RUN) python -m tests.benchmarks.large_history $(HISTORY)

mutation: environment-dev  ## change the code that decides, and see which changes no test notices (an hour)
	@$(RUN) --group mutation mutmut run >/dev/null
	@$(RUN) --group mutation mutmut results

screenshots: environment-dev system  ## the README's pictures, from the real pages
	@$(RUN) python -m tests.browser.screenshots

wheel: environment  ## build dist/*.whl
	@$(UV) build --wheel --quiet

environment: $(UV)
	@$(UV) sync --locked --no-dev --inexact --quiet

environment-dev: $(UV)
	@$(UV) sync --locked --quiet

# What live and browser tests need beside Python; does nothing where it cannot.
system:
	@sh .ci/system-packages

$(UV):
	@sh .ci/install-uv

clean:  ## remove what was built, and keep var/
	rm -rf .venv .venv-uv dist mutants .mypy_cache .ruff_cache .pytest_cache .hypothesis

.PHONY: help demo demo-wordpress test lint bench bench-history mutation screenshots wheel environment environment-dev system clean
