# Everything runs in .venv; `make` alone shows what there is.
PYTHON ?= python3
CONSTRAINTS ?= constraints.txt
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo test check unit bench bench-rescore bench-memory eval-speech eval-scoring eval-agreement eval-averages clean debian

help:
	@echo "make demo    score the sample calls and write the reports to var/demo"
	@echo "make test    install what the tests need, then run every check and test"
	@echo "make check   lint, format, types, import rules"
	@echo "make bench   speed, accuracy and memory on the sample calls (docs/benchmarks.md)"
	@echo "make bench-rescore   one call scored, and ten thousand stored calls scored again"
	@echo "make bench-memory    peak memory of one mono and one stereo recording of four hours"
	@echo "make eval-speech   words, speakers, roles and speed against gold and beside the plain pipeline"
	@echo "make eval-scoring  verdicts against labelled calls, with recognition noise and beside baselines"
	@echo "make eval-averages   bias, labels needed and errors of team and agent averages, by simulation"
	@echo "make eval-agreement  how often the intervals of the agreement coefficients hold the truth"

$(RUN_STAMP): pyproject.toml $(CONSTRAINTS)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Callibrate needs Python 3.11 or newer: make PYTHON=/path/to/python3"; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint $(CONSTRAINTS) --editable .
	@touch $@

$(DEV_STAMP): $(RUN_STAMP)
	$(BIN)/pip install --quiet --constraint $(CONSTRAINTS) --editable ".[dev]"
	@touch $@

demo: $(RUN_STAMP)
	$(BIN)/qa nightly audio_samples --out var/demo

check: $(DEV_STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(DEV_STAMP)
	$(BIN)/pytest -q tests/unit

test: debian check
	$(BIN)/pytest

# A browser for the report tests with Chinese letters, and a compiler for meeteval. Without root or apt what is missing
# stays missing: the browser tests are then skipped and say so.
debian:
	@missing=""; \
	command -v chromium chromium-browser google-chrome >/dev/null || missing="chromium fonts-noto-cjk"; \
	command -v g++ >/dev/null || missing="$$missing g++ python3-dev"; \
	test -z "$$missing" || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq \
	  && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing >/dev/null; } \
	|| echo "Not here, and no way to install it: $$missing"

bench: $(DEV_STAMP)
	$(BIN)/python -m tools.bench

bench-rescore: $(DEV_STAMP)
	$(BIN)/python -m tools.bench_rescore

# HOURS=1 for less than the four that a recording may last.
bench-memory: $(DEV_STAMP)
	$(BIN)/python -m tools.bench_memory $(if $(HOURS),--hours $(HOURS))

# DATA=folder adds clips of your own; see tools/eval_speech.py.
eval-speech: $(DEV_STAMP)
	$(BIN)/python -m tools.eval_speech $(if $(DATA),--data $(DATA)) --write docs/benchmarks.md

# DATA=folder of development data: adds the word-count baseline (labelled_calls), and acts, sentiment and empathy.
eval-scoring: $(DEV_STAMP)
	$(BIN)/python -m tools.eval_scoring --all $(if $(DATA),--train $(DATA)/labelled_calls) --write docs/benchmarks.md
	$(if $(DATA),$(BIN)/python -m tools.eval_language --data $(DATA) --write docs/benchmarks.md)

eval-agreement: $(DEV_STAMP)
	$(BIN)/python -m tools.simulate_agreement

eval-averages: $(DEV_STAMP)
	$(BIN)/python -m tools.simulate_averages

clean:
	rm -rf var build dist *.egg-info
