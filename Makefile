# The house's own commands. Each uses .venv/bin, so nothing has to be activated.
#
#   make setup      .venv with the locked dependencies and this project, editable; quick when nothing changed
#   make test       all tests, over the processor's cores     make test-fast  without the slow ones
#   make check      what a change must pass besides the tests: format, lint, types
#   make format     rewrite the files the way `make check` wants them
#   make lock       resolve the dependencies anew and write constraints.txt
#   make clean      remove .venv and what the tools left behind
#
# Options of `make setup`; they are remembered until `make clean`:
#   PYTHON=python3.12          which interpreter (3.11 or newer)
#   TORCH_INDEX=ADDRESS        take torch from another index: the address after --index-url on PyTorch's install page
#   TORCH=torch==2.11.0        another release of torch, or the path of a wheel file
#   EXTRAS=                    without the tools for developing (default: EXTRAS=dev)

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := setup

-include .venv/options.mk
PYTHON ?= python3
TORCH ?=
TORCH_INDEX ?=
EXTRAS ?= dev
PYTEST_WORKERS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1); echo $$((n > 4 ? 4 : n)))

OPTIONS := $(CURDIR) $(PYTHON) $(TORCH) $(TORCH_INDEX) $(EXTRAS)
PIP := .venv/bin/python -m pip --disable-pip-version-check --no-input
# The torch of the lock, unless another one is asked for.
TORCH_WANTED := $(or $(TORCH),$(shell grep '^torch==' constraints.txt))

.PHONY: setup test test-fast check lint types format lock clean
setup: .venv/installed

ifneq ($(strip $(OPTIONS)),$(strip $(MADE_WITH)))
.PHONY: .venv/installed
endif

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
	    echo "error: $(PYTHON) is not Python 3.11 or newer; name one that is: make setup PYTHON=python3.12" >&2; exit 2; }
	# A .venv that another interpreter or another folder made is of no use.
	wanted="$$($(PYTHON) -c 'import sys; print(sys.version)') $(CURDIR)"
	[[ -x .venv/bin/python && "$$(cat .venv/made-by 2>/dev/null)" == "$$wanted" ]] || {
	    $(PYTHON) -m venv --clear .venv; echo "$$wanted" > .venv/made-by; }
	rm -f .venv/installed .venv/options.mk
	cp constraints.txt .venv/constraints.txt
	if [[ -n "$(TORCH)$(TORCH_INDEX)" ]]; then
	    # Another build has other needs of its own, so neither torch nor setuptools stays pinned.
	    grep -vE '^(torch|setuptools)==' constraints.txt > .venv/constraints.txt
	    $(PIP) install --force-reinstall --no-deps $(if $(TORCH_INDEX),--index-url "$(TORCH_INDEX)") "$(TORCH_WANTED)"
	elif [[ "$$(uname -s)" == Linux && ! -e /dev/nvidia0 ]] \
	    && $(PIP) install --quiet --dry-run --no-deps --report - "$(TORCH_WANTED)" 2>/dev/null | grep -q '"nvidia-'; then
	    echo "note: this machine has no NVIDIA GPU, yet pip is about to fetch the CUDA build of torch (gigabytes)." >&2
	    echo "note: for the small CPU build, stop here (Ctrl-C) and give the CPU address of PyTorch's install page:" >&2
	    echo "note:   make setup TORCH_INDEX=ADDRESS" >&2
	fi
	$(PIP) install --constraint .venv/constraints.txt $(if $(TORCH_INDEX),--extra-index-url "$(TORCH_INDEX)") \
	    --editable ".$(if $(EXTRAS),[$(EXTRAS)])"
	{ echo 'MADE_WITH := $(OPTIONS)'; echo 'PYTHON ?= $(PYTHON)'; echo 'TORCH ?= $(TORCH)'
	  echo 'TORCH_INDEX ?= $(TORCH_INDEX)'; echo 'EXTRAS ?= $(EXTRAS)'; } > .venv/options.mk
	touch .venv/installed
	echo "ready: . .venv/bin/activate, then: python train.py model=resnet depth=56"

test: setup
	.venv/bin/pytest -n $(PYTEST_WORKERS) --dist worksteal

test-fast: setup
	.venv/bin/pytest -n $(PYTEST_WORKERS) --dist worksteal -m "not slow and not network"

check: lint types

lint: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

types: setup
	.venv/bin/mypy

format: setup
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

# Resolved on the oldest Python that the project runs on, so that newer ones can take the same versions.
# setuptools stays below 82, which some builds of torch ask for. Build tags such as +cpu are cut off.
lock:
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip --no-input install "torch==$(or $(LOCK_TORCH),2.13.0)" "setuptools<82" ".[dev]"
	{ echo "# The lock: every version that \`make setup\` installs. Made by \`make lock\`: pip freeze of a fresh environment,"
	  echo "# $$($(PYTHON) -V) on $$(uname -sm), $$(date -u +%F). Local build tags are cut off, so that any build of torch fits."
	  build/lock/bin/python -m pip freeze --all --exclude pip --exclude depthlab | sed -E 's/\+[A-Za-z0-9.]+$$//'
	} > build/constraints.txt
	mv build/constraints.txt constraints.txt
	rm -rf build/lock

clean:
	rm -rf .venv build .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +
