# One virtual environment for everything; `make demo` and `make test` set it up if it is not there.

VENV := .venv
BIN := $(VENV)/bin
# The first of these that is Python 3.11 to 3.13; `make PYTHON=...` overrides.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$p && break; done)
READY := $(VENV)/.ready
CODE := saoctl tests benchmarks docs patches examples plugin
WEB := examples/web
WEB_MODEL := exports/web/demo.onnx
WEB_SOONER := exports/web/demo-170ms.onnx
WEB_BASIS := exports/web/basis.safetensors
WEB_NOTE := The demo's model is small: it is almost mono, 10 dB weaker above 4 kHz, and notes are faintly heard 50 ms early.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: setup demo web example plugin test quick lint check format bench schemas docs pictures patches clean

setup: $(READY)

# stable-audio-tools goes in without its dependencies: its autoencoder needs only those named beside it here. Its
# metadata allows Python 3.10 alone, but these autoencoders run in newer ones.
$(READY): pyproject.toml constraints.txt Makefile
	@test -n "$(PYTHON)" || { echo "No Python 3.11 to 3.13 found; set PYTHON=/path/to/python3"; exit 1; }
	@echo "Setting up $(VENV) (once; some minutes)"
	$(PYTHON) -m venv $(VENV)
	$(PIP) torch
	$(PIP) --editable '.[dev]'
	$(PIP) --no-deps --ignore-requires-python stable-audio-tools alias-free-torch einops einops-exts
	@touch $@

demo: $(READY)
	$(BIN)/saoctl run --config demo
	$(BIN)/saoctl verify --config demo --schedule fixed --block-size 4096 --save exports/demo --quiet
	$(BIN)/saoctl basis configs/demo.flac --config demo --output exports/demo/basis.safetensors --listen exports/demo/directions --quiet
	$(BIN)/saoctl export --config demo --basis exports/demo/basis.safetensors --latents 8 --output exports/demo/eight-sliders.ts --quiet
	$(BIN)/saoctl forward configs/demo.flac --config demo --output exports/demo/through.wav --overwrite --quiet
	@echo "What it sounds like: configs/demo.flac, and through the model exports/demo/through.wav"
	@echo "What each slider does: exports/demo/directions/index.html"
	@echo "To play it in PureData or Max with nn~: patches/first-sound, then patches/play with eight sliders; docs/play.md"

# The C++ host of docs/onnx.md. ORT_HOME holds an onnxruntime release; without it, the system's is taken.
ORT_HOME ?= $(wildcard exports/onnxruntime)
EXAMPLE := exports/example
example:
	@cmake -S examples/cpp -B '$(EXAMPLE)' -DORT_HOME='$(ORT_HOME)'
	@cmake --build '$(EXAMPLE)'

# A plug-in that holds a model, as VST3, CLAP and LV2; docs/plugin.md. `make plugin MODEL=my.onnx NAME="My model"`.
MODEL := exports/demo.onnx
NAME := $(basename $(notdir $(MODEL)))
BLOCK := 0
THREADS := 0
LATENTS :=
FORMATS := vst3;clap;lv2
DPF := /usr/share/dpf
PLUGINS := exports/plugins
ORT_LIBRARY = $(firstword $(wildcard $(VENV)/lib/python3*/site-packages/onnxruntime/capi/libonnxruntime.*))
plugin: $(READY) $(filter exports/demo.onnx,$(MODEL))
	@for each in c++ cmake; do \
		command -v $$each >/dev/null || { echo "No $$each found; install g++ and cmake (Debian)"; exit 1; }; done
	@cmake -S plugin -B '$(PLUGINS)/build/$(NAME)' -DMODEL='$(abspath $(MODEL))' -DNAME='$(NAME)' -DBLOCK='$(BLOCK)' \
		-DTHREADS='$(THREADS)' -DLATENTS='$(abspath $(LATENTS))' -DFORMATS='$(FORMATS)' -DDPF='$(DPF)' -DORT_HOME='$(abspath $(ORT_HOME))' -DORT_LIBRARY='$(abspath $(ORT_LIBRARY))' \
		-DPYTHON='$(abspath $(BIN)/python)' -DBUNDLES='$(abspath $(PLUGINS))'
	@cmake --build '$(PLUGINS)/build/$(NAME)' --parallel 2
	@echo "$(PLUGINS) has $(NAME) as $(subst ;, and ,$(FORMATS)); docs/plugin.md says where hosts look for them"

exports/demo.onnx: configs/demo/model.safetensors | $(READY)
	@mkdir -p $(dir $@)
	$(BIN)/saoctl export --config demo --output $@ --quiet

# A page that plays the demo's model in a browser, built and served on this machine alone; docs/web.md.
web: $(READY) $(WEB)/node_modules/.package-lock.json $(WEB_MODEL) $(WEB_SOONER) $(WEB_BASIS)
	$(BIN)/python $(WEB)/build.py $(WEB_MODEL) configs/demo.flac --also $(WEB_SOONER) --basis $(WEB_BASIS) --note "$(WEB_NOTE)"
	@$(BIN)/python $(WEB)/serve.py

$(WEB)/node_modules/.package-lock.json: $(WEB)/package-lock.json
	@command -v npm >/dev/null || { echo "No npm found; install Node.js 18 or newer"; exit 1; }
	cd $(WEB) && npm ci --no-audit --no-fund
	@touch $@

$(WEB_SOONER): LATENCY := --lookahead 170
$(WEB_MODEL) $(WEB_SOONER): configs/demo/model.safetensors saoctl/formats/onnx.py saoctl/streaming/oobleck/pure.py | $(READY)
	@mkdir -p $(dir $@)
	$(BIN)/saoctl export --config demo $(LATENCY) --output $@

$(WEB_BASIS): configs/demo/model.safetensors configs/demo.flac saoctl/weights/basis.py | $(READY)
	$(BIN)/saoctl basis configs/demo.flac --config demo --output $@ --quiet

# Three processes of tests share two cores, because some tests wait for other programs. Threads that wait for each other
# by spinning would keep them from each other. Each process keeps to its part of the tests, since those of a file share
# what is slow to make, and then helps the others.
# Python keeps what it compiles, whatever the environment says: each process of a test would take a second to compile.
# `make test EXAMPLES=10` tries ten times as many examples of each property.
PYTEST := PYTHONDONTWRITEBYTECODE= OMP_WAIT_POLICY=passive $(BIN)/python -m pytest --quiet --numprocesses 3 --dist worksteal
# Types are checked meanwhile: alone they would leave a core idle for half a minute.
test: $(READY) lint
	@types=$$(mktemp); $(BIN)/mypy >$$types 2>&1 & checking=$$!; \
	$(PYTEST); tests=$$?; \
	wait $$checking; wrong=$$?; cat $$types; rm $$types; \
	exit $$((tests | wrong))

# The tests that need no minutes and no host beside Python. pyproject.toml says what the markers mean.
quick: $(READY)
	$(PYTEST) -m 'not (slow or chromium or cpp or executorch or plugin or puredata or ray)'

lint: $(READY)
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)

check: lint
	$(BIN)/mypy

# Lays the code out, and mends what can be mended.
format: $(READY)
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

# Writes benchmarks/RESULTS.md. Many minutes on an idle machine; needs 3 GB of memory and 2 GB of disk. Not a test.
bench: $(READY)
	$(BIN)/python -m benchmarks.page

# After a change of what --json prints.
schemas: $(READY)
	$(BIN)/python -m saoctl.cli.schema docs/schemas

# After a change of what README.md and docs/ take from the code.
docs: $(READY)
	$(BIN)/python docs/generate.py

# After a change of the plots or of the demo's model; on a machine that should be quiet.
pictures: $(READY)
	$(BIN)/python docs/pictures/draw.py

# After a change in patches/source.
patches: $(READY)
	$(BIN)/python -m patches.source

clean:
	rm -rf $(VENV) exports dist $(WEB)/dist $(WEB)/node_modules .hypothesis .mypy_cache .pytest_cache .ruff_cache
