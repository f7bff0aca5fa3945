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

.PHONY: evaluate reproduce test test-models test-label-studio test-scale test-explorer explorer \
	chromium dist lint build clean help

help:  ## say what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

evaluate: .venv/encoders  ## score every baseline on every task
	@$(BIN)/marsad evaluate

reproduce: .venv/encoders  ## make every recorded score again and print the differences
	@$(BIN)/marsad reproduce

test: lint chromium $(PEERS:%=.venv-datasets-%/ready)  ## lint, check the data, run every test
	@$(BIN)/marsad check
	@MARSAD_DATASETS_PYTHONS=$(subst $(SPACE),:,$(PEERS:%=$(CURDIR)/.venv-datasets-%/bin/python)) \
		$(BIN)/python -m pytest -n auto --dist worksteal

dist: .venv/dev  ## build wheel and sdist and prove them; TEXT=all takes third parties' texts along
	@$(BIN)/python -m marsad.dist --text $(TEXT)

test-models: .venv/models  ## the tests that need torch, some gigabytes: fine-tuning, local models, mteb
	@$(BIN)/python -m pytest tests/test_transformer.py tests/test_lm_eval.py tests/test_mteb.py

test-label-studio: .venv/dev .venv-label-studio/ready  ## review with a real Label Studio, 1 GB
	@MARSAD_LABEL_STUDIO=$(CURDIR)/.venv-label-studio/bin/label-studio \
		$(BIN)/python -m pytest tests/test_label_studio_server.py

test-scale: .venv-scale/ready  ## Daft, and a Ray cluster of which a node is killed in mid-run
	@PYTHONPATH=$(CURDIR)/src:$(CURDIR)/tests .venv-scale/bin/python -m pytest tests/test_engine_scale.py

test-explorer: .venv/dev chromium explorer/node_modules/ready  ## build the explorer again and try its pages; needs Node
	@MARSAD_NPM=1 $(BIN)/python -m pytest -n auto --dist worksteal tests/test_explorer_build.py tests/test_explore_*.py

explorer: explorer/node_modules/ready  ## make the explorer's pages from explorer/; needs Node and npm
	@cd explorer && npm run --silent build

explorer/node_modules/ready: explorer/package-lock.json explorer/package.json explorer/.npmrc
	@echo "installing what the explorer is built with"
	@cd explorer && npm ci --silent
	@touch $@

# The explorer's pages are tried in a Chromium of the machine. A machine of CI gets Debian's where it
# has none and may install it; anywhere else those tests say how to get one.
chromium:
	@if [ "$$CI" = true ] && [ "$$(id -u)" = 0 ] && [ -z "$$MARSAD_CHROMIUM" ] \
		&& [ -z "$$(which chromium chromium-browser google-chrome 2> /dev/null)" ] \
		&& [ -n "$$(which apt-get 2> /dev/null)" ]; then \
		echo "installing Chromium"; \
		export DEBIAN_FRONTEND=noninteractive; \
		{ timeout 300 apt-get -qq update \
			&& timeout 600 apt-get -qq install --yes --no-install-recommends chromium; } > /dev/null 2>&1 \
			|| echo "it cannot be installed here; the tests of the explorer's pages are skipped"; \
	fi

lint: .venv/dev  ## ruff and mypy
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

build: .venv/core  ## make data/ and the card from the sources
	@$(BIN)/marsad build

clean:  ## remove the environments and caches
	rm -rf .venv .venv-datasets-* .venv-label-studio .venv-scale explorer/node_modules dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

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

.venv-label-studio/ready: tests/label-studio.txt .venv/bin/python
	@echo "installing Label Studio"
	@$(PYTHON) -m venv .venv-label-studio
	@.venv-label-studio/bin/python -m pip --disable-pip-version-check install --quiet --requirement $<
	@touch $@

# Environments of their own, each with its pins alone, for what wants other versions than ours: the
# other versions of datasets, and Daft with Ray. Whatever else they need they share with .venv, which
# is behind their own packages on the path.
define beside
	@echo "making $(@D)"
	@rm -rf $(@D)
	@$(PYTHON) -m venv --without-pip $(@D)
	@$(BIN)/python -m pip --disable-pip-version-check --python $(@D)/bin/python \
		install --quiet --no-deps --no-compile --requirement $<
	@$(BIN)/python -c 'import sysconfig as s; print(s.get_path("purelib"))' \
		> "$$($(@D)/bin/python -c 'import sysconfig as s; print(s.get_path("purelib"))')/shared.pth"
	@touch $@
endef

.venv-datasets-%/ready: tests/peers/%.txt .venv/bin/python
	$(beside)

.venv-scale/ready: tests/scale.txt .venv/dev
	$(beside)
