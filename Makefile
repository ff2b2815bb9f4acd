# `make` lists what there is. Needs Python 3.11 to 3.13 with pip, and git; say which Python with
# `make PYTHON=python3.12 ...`. Everything is installed into .venv, from the pinned requirements.

PYTHON ?= python3
BIN := .venv/bin
PIP = $(PYTHON) -m pip --python $(BIN)/python --disable-pip-version-check install -qq --no-compile
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--only-binary :all: --emit-build-options --custom-compile-command "make requirements" \
	pyproject.toml

NHSUK := src/matchmaker/web/static/nhsuk
# Without npm the pages work, only unstyled.
ASSETS := $(if $(shell command -v npm),assets)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help shortlist serve assets test pins lint types imports pytest attacks format hooks site docs wheels sbom installs pythons release canary documents bench requirements clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

shortlist: .venv/.runtime ## Set up and print a first shortlist: buddies for Medway (RPA)
	@$(BIN)/matchmaker shortlist RPA --for buddying

serve: .venv/.runtime $(ASSETS) ## Set up and serve the pages and the API at http://127.0.0.1:8000
	@$(BIN)/matchmaker serve

assets: $(NHSUK)/nhsuk-frontend.min.css ## Bring in the styles and scripts of the pages (needs npm)

test: pins lint types imports $(ASSETS) pytest ## Set up and run the whole check

pins: .venv/.dev ## Check that the pinned requirements are those of pyproject.toml
	$(BIN)/pip check

lint: .venv/.dev ## Check style and layout (ruff)
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: .venv/.dev ## Check types (mypy)
	$(BIN)/mypy

imports: .venv/.dev ## Check that imports run one way, from room to room (import-linter)
	$(BIN)/lint-imports --no-logo

pytest: .venv/.dev ## Run the tests; ARGS="-k beds" runs some of them
	$(BIN)/pytest --numprocesses auto $(ARGS)

attacks: .venv/.dev ## Attack the shipped deployment in full, and write what came of it to docs/security.md (needs nginx)
	MATCHMAKER_ATTACK_SECONDS=180 MATCHMAKER_WRITE_TRIES=1 $(BIN)/pytest --numprocesses 0 -m attack tests/attacks

format: .venv/.dev ## Put style and layout right where a tool can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

hooks: .venv/.dev ## Run the checks before each commit and push (pre-commit)
	$(BIN)/pre-commit install

site: .venv/.dev ## Build the docs site, strictly, into build/site
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

docs: site ## Build the docs site and serve it at http://127.0.0.1:8001
	@echo "The docs are at http://127.0.0.1:8001; stop with Ctrl+C"
	@$(BIN)/python -m http.server --bind 127.0.0.1 --directory build/site 8001

wheels: .venv/.dev $(ASSETS) ## Build the packages, matchmaker and matchmaker-client, into dist/
	rm -rf dist && $(BIN)/hatchling build -t wheel -d dist
	cd packages/client && $(abspath $(BIN))/hatchling build -t wheel -d ../../dist

sbom: .venv/.runtime ## Write the bill of materials (CycloneDX) and the licences of others into build/
	$(BIN)/python deploy/bill_of_materials.py --to build

installs: wheels ## Install the packages into clean environments and measure them: core, server, client, all
	$(BIN)/python benchmarks/bench_installs.py dist build/installs

pythons: .venv/.dev ## Look whether each further Python that is here (3.11 to 3.13) gives the same answers
	.ci/pythons

release: ## Prepare a release: make release VERSION=0.2.0, once docs/releases/0.2.0.md is written
	.ci/release $(VERSION)
	$(MAKE) .venv/.dev
	$(BIN)/matchmaker openapi --to docs/openapi.json
	$(BIN)/python tests/test_documents.py

canary: .venv/.dev ## Pin the newest requirements and run the whole check on them
	$(MAKE) requirements ARGS=--upgrade
	$(MAKE) test

documents: .venv/.dev ## Write the generated documents again, and what the README shows of runs
	$(BIN)/matchmaker snapshot document --to docs
	$(BIN)/matchmaker evaluate --out build/evaluation
	cp build/evaluation/evaluation.json src/matchmaker/sectors/nhs/artefacts/evaluation.json
	$(BIN)/matchmaker train cards --to docs/model-cards.md
	$(BIN)/matchmaker openapi --to docs/openapi.json
	$(BIN)/python tests/test_documents.py
	$(BIN)/matchmaker evaluate --out build/evaluation >build/evaluation.txt
	cp build/evaluation/evaluation.json src/matchmaker/sectors/nhs/artefacts/evaluation.json

bench: .venv/.dev ## Run the benchmarks; DATA=DIR, the folder of official files, adds that of a build
	for script in $(filter-out %_build.py %_installs.py,$(wildcard benchmarks/bench_*.py)); do \
		echo "$$script: $$(uptime)"; $(BIN)/python $$script || exit 1; done
	$(if $(DATA),$(BIN)/python benchmarks/bench_build.py $(DATA))

requirements: .venv/.dev ## Pin the requirements again; ARGS=--upgrade takes newer versions
	$(COMPILE) --no-binary jsonpath-rw --group dev --all-extras --output-file requirements/dev.txt $(ARGS)
	@# Of the two options pip takes the last: the exception has to follow the rule.
	@sed -i.bak -e '/^--no-binary/{h;d;}' -e '/^--only-binary/G' requirements/dev.txt && rm requirements/dev.txt.bak
	$(COMPILE) --group build --extra all --constraints requirements/dev.txt --output-file requirements/runtime.txt $(ARGS)
	@# What runs builds nothing from source: the exception that came along with the constraints goes.
	@sed -i.bak -e "/^--no-binary/d" requirements/runtime.txt && rm requirements/runtime.txt.bak

clean: ## Remove the environment, caches and builds
	rm -rf .venv node_modules $(NHSUK) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	find src tests -name __pycache__ -prune -exec rm -rf {} +

# What is served, and no more: no NHS logo, and no font, since Frutiger is licensed.
$(NHSUK)/nhsuk-frontend.min.css: package-lock.json Makefile
	@npm ci --silent
	@rm -rf $(NHSUK) && mkdir -p $(NHSUK)/images
	@cp node_modules/nhsuk-frontend/dist/nhsuk/assets/images/nhsuk-icon-cross.svg \
		node_modules/nhsuk-frontend/dist/nhsuk/assets/images/nhsuk-icon-arrow-up-down.svg $(NHSUK)/images
	@sed -e 's|//# sourceMappingURL.*||' \
		node_modules/nhsuk-frontend/dist/nhsuk/nhsuk-frontend.min.js > $(NHSUK)/nhsuk-frontend.min.js
	@sed -e 's/@font-face{[^}]*}//g' -e 's/Frutiger W01,//g' -e 's|/assets/images/|images/|g' \
		-e 's|/\*# sourceMappingURL.*||' node_modules/nhsuk-frontend/dist/nhsuk/nhsuk-frontend.min.css > $@

# Debian's Python may lack ensurepip, so the environment is made without pip and filled from outside.
.venv/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; (3, 11) <= sys.version_info[:2] <= (3, 13) or sys.exit("Python 3.11, 3.12 or 3.13 is needed: say which with make PYTHON=python3.12")'
	$(PYTHON) -m venv --without-pip .venv

.venv/.%: requirements/%.txt pyproject.toml .venv/pyvenv.cfg
	@echo "Installing $< into .venv"
	@$(PIP) --require-hashes --requirement $<
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@
