# The house's own commands. Each uses .venv/bin, so nothing has to be activated.
#
#   make setup       .venv with the locked dependencies and this project, editable; quick when nothing changed
#   make test        the tests, spread over the processor's cores: some ten minutes on two
#   make test-fast   the tests without the slow ones
#   make test-all    those too that need long: clusters of nodes, SLURM, kills at random moments, benchmarks
#   make durations   all tests, and how long each file takes: tests/durations.csv, which orders later runs
#   make check       what a change must pass beside the tests: make lint, make types
#   make format      rewrite the files the way `make lint` wants them
#   make lock        resolve the dependencies anew and write constraints.txt
#   make clean       remove .venv and what the tools left behind
#
# Options of `make setup`; a chosen torch is remembered until `make clean`:
#   PYTHON=python3.12        the interpreter to use, 3.11 or newer
#   TORCH_INDEX=ADDRESS      take torch from another index: the address that PyTorch's install page shows after
#                            --index-url for your platform (CPU, CUDA or ROCm)
#   TORCH=torch==2.11.0      another release of torch, or the path of a wheel file
#   EXTRAS=                  leave out the tools for developing (default: EXTRAS=dev)

PYTHON ?= $(if $(wildcard .venv/bin/python),.venv/bin/python,python3)
TORCH ?=
TORCH_INDEX ?=
EXTRAS ?= dev
LOCK_TORCH ?= 2.13.0
WORKERS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN || echo 1); echo $$((n > 4 ? 4 : n)))

# Compiled files are kept whatever the environment says: else each of the tests' processes compiles the sources anew.
unexport PYTHONDONTWRITEBYTECODE

SPREAD = -n $(WORKERS) --dist loadfile --no-loadscope-reorder  # in the order of tests/order.py

.PHONY: setup test test-fast test-all durations check lint types format lock clean

setup:
	@$(PYTHON) tools/setup.py --torch "$(TORCH)" --torch-index "$(TORCH_INDEX)" --extras "$(EXTRAS)"

test: setup
	.venv/bin/pytest $(SPREAD) -m "not exhaustive and not network"

test-all: setup
	.venv/bin/pytest $(SPREAD)

test-fast: setup
	.venv/bin/pytest $(SPREAD) -m "not slow and not exhaustive and not network"

durations: setup
	.venv/bin/pytest $(SPREAD) --note-durations

check: lint types

lint: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

types: setup
	.venv/bin/mypy

format: setup
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

# To be made on the oldest Python that the project runs on, so that newer ones can take the same versions.
# setuptools stays below 82, as some builds of torch ask. Local build tags (+cpu) are cut off, so that any build fits.
lock:
	rm -rf build/lock
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip --no-input install "torch==$(LOCK_TORCH)" "setuptools<82" ".[dev]"
	( echo "# The lock: every version that \`make setup\` installs. Made by \`make lock\`: pip freeze of a fresh environment,"; \
	  echo "# $$($(PYTHON) -V) on $$(uname -sm), $$(date -u +%Y-%m-%d). Local build tags are cut off, so that any build of torch fits."; \
	  build/lock/bin/python -m pip freeze --all --exclude pip --exclude depthlab --exclude wheel | sed -E 's/\+[A-Za-z0-9.]+$$//' \
	) > build/constraints.txt
	mv build/constraints.txt constraints.txt
	rm -rf build

clean:
	rm -rf .venv build .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +
