PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: run test lint dataset campaign smoke-model bench clean

run: $(READY)
	$(BIN)/python -m engine run scenarios/

test: $(READY)
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/mypy

dataset: $(READY)
	$(BIN)/python -m engine dataset --out runs/dataset

campaign: $(READY)
	$(BIN)/python -m pytest -m campaign -s

smoke-model: $(READY)
	$(BIN)/python -m tests.smoke.model

bench: $(READY)
	$(BIN)/python -m bench

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed: make PYTHON=…")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@
