# The two commands: `make evaluate` scores every baseline on every task, `make test` proves
# everything. Both set up what they need from nothing and are quick the second time.

PYTHON ?= python3
# Whose texts make dist takes along: authored (ours), all, or none.
TEXT ?= authored
BIN := .venv/bin
PIP := -m pip --disable-pip-version-check install --quiet --constraint constraints.txt
# The other versions of datasets that the tests load the data with.
PEERS := $(sort $(patsubst tests/peers/%.txt,%,$(wildcard tests/peers/*.txt)))
EMPTY :=
SPACE := $(EMPTY) $(EMPTY)
export PYTHONUTF8 := 1
# The environments are made side by side.
MAKEFLAGS += --jobs=2

.PHONY: evaluate reproduce test test-models dist lint build clean help

help:  ## say what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

evaluate: .venv/encoders  ## score every baseline on every task
	@$(BIN)/marsad evaluate

reproduce: .venv/encoders  ## make every recorded score again and print the differences
	@$(BIN)/marsad reproduce

test: lint $(PEERS:%=.venv-datasets-%/ready)  ## lint, check the data, run every test
	@$(BIN)/marsad check
	@MARSAD_DATASETS_PYTHONS=$(subst $(SPACE),:,$(PEERS:%=$(CURDIR)/.venv-datasets-%/bin/python)) \
		$(BIN)/python -m pytest -n auto --dist worksteal

dist: .venv/dev  ## build wheel and sdist and prove them; TEXT=all takes third parties' texts along
	@$(BIN)/python -m marsad.dist --text $(TEXT)

test-models: .venv/models  ## the tests that need torch, some gigabytes: fine-tuning, local models, mteb
	@$(BIN)/python -m pytest tests/test_transformer.py tests/test_lm_eval.py tests/test_mteb.py

lint: .venv/dev  ## ruff and mypy
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

build: .venv/core  ## make data/ and the card from the sources
	@$(BIN)/marsad build

clean:  ## remove the environments and caches
	rm -rf .venv .venv-datasets-* dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

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

# A version of datasets, with the pins of tests/peers/ alone; whatever else it needs it shares with
# .venv, which is behind its own packages on the path.
.venv-datasets-%/ready: tests/peers/%.txt .venv/bin/python
	@echo "making .venv-datasets-$*"
	@rm -rf .venv-datasets-$*
	@$(PYTHON) -m venv --without-pip .venv-datasets-$*
	@$(BIN)/python -m pip --disable-pip-version-check --python .venv-datasets-$*/bin/python \
		install --quiet --no-deps --no-compile --requirement $<
	@$(BIN)/python -c 'import sysconfig as s; print(s.get_path("purelib"))' \
		> "$$(.venv-datasets-$*/bin/python -c 'import sysconfig as s; print(s.get_path("purelib"))')/shared.pth"
	@touch $@
