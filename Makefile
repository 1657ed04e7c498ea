# Every command of the project. `make` alone lists them.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help setup run test check bench long faults lock format assets prerequisites environment \
	python-version

help: ## List the commands.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' \
		| while IFS="$$(printf '\t')" read -r name sentence; do \
			printf '  make %-14s %s\n' "$$name" "$$sentence"; done

setup: python-version ## Make the Python environment in .venv, with everything work on the code needs.
	@$(PYTHON) -m deploy.environment development
	@$(VENV) -m deploy.translations compile

run: environment ## Start the centre with a small demo series on http://127.0.0.1:8000 (PORT=... to change).
	@$(VENV) -m deploy.assets || echo "The fonts and browser modules are missing: printing and the camera will not work."
	@PORT=$(PORT) $(VENV) -m deploy.run

test: setup prerequisites assets ## Install what tests need and run every test.
	$(VENV) -m pytest -m "not long" -n 2

check: setup ## Check format, lint, types, arrows and translations, then run the quick tests.
	$(VENV) -m ruff format --check .
	$(VENV) -m ruff check .
	$(VENV) -m mypy
	.venv/bin/lint-imports
	$(VENV) -m deploy.translations check
	$(VENV) -m pytest -m "not browser and not faults and not long" -x -q -n 2

bench: setup assets ## Measure speed and size against the figures in docs.
	$(VENV) -m benchmarks

long: setup prerequisites assets ## Carry and print a whole series of the shared data: minutes.
	$(VENV) -m pytest -m long

faults: setup prerequisites assets ## Break machines, networks and disks on purpose and see what holds.
	$(VENV) -m pytest -m faults

assets: setup ## Fetch fonts and browser modules into static/assets.
	@$(VENV) -m deploy.assets

prerequisites: python-version ## Install the programs tests need, or say which are missing.
	@$(PYTHON) -m deploy.prerequisites

format: setup ## Put the code into its format and sort its imports.
	$(VENV) -m ruff format .
	$(VENV) -m ruff check --fix .

lock: setup ## Choose the newest allowed versions and write the lock files anew.
	@$(VENV) -m deploy.locks

environment: python-version
	@$(PYTHON) -m deploy.environment runtime
	@$(VENV) -m deploy.translations compile

python-version:
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; name it with: make PYTHON=/path/to/python3")'
