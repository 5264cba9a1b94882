# Everything on a fresh machine: the virtual environment is made on the way.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOWEST := .venv-lowest

.PHONY: demo test test-lowest lint gate clean

demo: $(VENV)/.installed
	$(BIN)/kinebench demo --out demo

test: $(VENV)/.installed-for-tests
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses auto --maxprocesses 8 --dist loadfile --no-loadscope-reorder

# The lowest versions that pyproject.toml allows, without TensorFlow: it sets bounds of its own.
test-lowest: $(LOWEST)/.installed
	OMP_NUM_THREADS=1 $(LOWEST)/bin/python -m pytest -m "not tensorflow" --numprocesses auto --maxprocesses 8 --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.installed-for-tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

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

$(LOWEST)/.installed: pyproject.toml setup.py constraints-lowest.txt
	$(PYTHON) -m venv $(LOWEST)
	$(LOWEST)/bin/python -m pip install --quiet --constraint constraints-lowest.txt --editable ".[cluster]" \
		pytest pytest-timeout pytest-xdist hypothesis
	touch $@
