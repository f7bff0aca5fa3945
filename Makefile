# The two commands: `make evaluate` scores every baseline on every task, `make test` proves
# everything. Both set up what they need from nothing and are quick the second time.

PYTHON ?= python3
BIN := .venv/bin
OLDEST := .venv-oldest/bin
PIP := -m pip --disable-pip-version-check install --quiet --constraint constraints.txt
export PYTHONUTF8 := 1
# The two environments are made side by side.
MAKEFLAGS += --jobs=2

.PHONY: evaluate reproduce test test-models lint build clean help

help:  ## say what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

evaluate: .venv/encoders  ## score every baseline on every task
	@$(BIN)/marsad evaluate

reproduce: .venv/encoders  ## make every recorded score again and print the differences
	@$(BIN)/marsad reproduce

test: lint .venv-oldest/ready  ## lint, check the data, run every test
	@$(BIN)/marsad check
	@$(BIN)/marsad table --check
	@MARSAD_OLDEST_PYTHON=$(CURDIR)/$(OLDEST)/python $(BIN)/python -m pytest -n auto

test-models: .venv/models  ## the tests that need torch, some gigabytes: fine-tuning, local models, mteb
	@$(BIN)/python -m pytest tests/test_transformer.py tests/test_lm_eval.py tests/test_mteb.py

lint: .venv/dev  ## ruff and mypy
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

build: .venv/core  ## make data/ and the card from the sources
	@$(BIN)/marsad build

clean:  ## remove the environments and caches
	rm -rf .venv .venv-oldest .mypy_cache .pytest_cache .ruff_cache .hypothesis

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Marsad needs Python 3.11 or newer; name one with make PYTHON=python3.12")'
	@echo "making .venv"
	@$(PYTHON) -m venv .venv

.venv/core: .venv/bin/python pyproject.toml constraints.txt
	@echo "installing marsad"
	@$(BIN)/python $(PIP) --editable .
	@touch $@

# The frozen encoders come with their weights.
.venv/encoders: .venv/core
	@echo "installing the encoders"
	@$(BIN)/python $(PIP) --editable '.[encoders]'
	@touch $@

.venv/dev: .venv/core
	@echo "installing what the tests need"
	@$(BIN)/python $(PIP) --editable '.[dev]'
	@touch $@

.venv/models: .venv/dev
	@echo "installing torch, transformers and mteb"
	@$(BIN)/python $(PIP) --editable '.[transformers,mteb]' 'lm-eval[hf]'
	@touch $@

# The oldest supported versions of datasets and of what the builder needs, in an environment of
# their own: the tests marked `peers` run there.
.venv-oldest/ready: pyproject.toml constraints-oldest.txt
	@echo "making .venv-oldest"
	@$(PYTHON) -m venv .venv-oldest
	@$(OLDEST)/python -m pip --disable-pip-version-check install --quiet --constraint constraints-oldest.txt datasets pyarrow numpy PyYAML
	@$(OLDEST)/python -m pip --disable-pip-version-check install --quiet --no-deps --editable .
	@touch $@
