# Everything on a fresh machine: the virtual environment is made on the way.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOWEST := .venv-lowest

.PHONY: demo test test-lowest lint lint-player docs gate wheel-check clean

demo: $(VENV)/.installed
	$(BIN)/kinebench demo --out demo

# Compiled tests and modules are kept, also where the environment says otherwise: else each worker
# compiles all of them anew, and each process that a test starts does.
test: $(VENV)/.installed-for-tests
	PYTHONDONTWRITEBYTECODE= OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses auto --maxprocesses 8 --dist loadfile --no-loadscope-reorder

# The lowest versions that pyproject.toml allows, without TensorFlow: it sets bounds of its own.
test-lowest: $(LOWEST)/.installed
	PYTHONDONTWRITEBYTECODE= OMP_NUM_THREADS=1 $(LOWEST)/bin/python -m pytest -m "not tensorflow and not network" --numprocesses auto --maxprocesses 8 --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.installed-for-tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# The player of the reports is JavaScript; npx fetches eslint.
lint-player:
	npx --yes eslint@9 --config packaging/eslint.config.mjs kinebench/reports/player/player.js

# Tutorial and gallery are executed, the notebook too. Every warning is an error; so is what a
# browser finds on the built pages, where there is one.
docs: $(VENV)/.installed-for-docs
	OMP_NUM_THREADS=1 $(BIN)/python -m sphinx --fail-on-warning --keep-going --quiet -b html docs docs/_build/html
	OMP_NUM_THREADS=1 $(BIN)/python docs/run_notebook.py examples/notebook/first_steps.ipynb
	$(BIN)/python docs/check_pages.py docs/_build/html

# Wheel and source archive, and README's first commands from the wheel in an empty environment.
wheel-check: $(VENV)/.installed-for-tests
	rm -rf build dist
	$(BIN)/python -m build --quiet
	$(BIN)/python packaging/try_wheel.py dist

# Kinebench's own pipeline, demo, studies and known answers against their baselines.
gate: $(VENV)/.installed
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.gate.guard

clean:
	rm -rf $(VENV) $(LOWEST) demo

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml setup.py | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.installed-for-tests: pyproject.toml setup.py | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable ".[test]"
	touch $@ $(VENV)/.installed

$(VENV)/.installed-for-docs: pyproject.toml setup.py | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable ".[docs]"
	touch $@ $(VENV)/.installed

$(LOWEST)/.installed: pyproject.toml setup.py constraints-lowest.txt
	$(PYTHON) -m venv $(LOWEST)
	$(LOWEST)/bin/python -m pip install --quiet --constraint constraints-lowest.txt --editable ".[cluster]" \
		pytest pytest-timeout pytest-xdist hypothesis
	touch $@
