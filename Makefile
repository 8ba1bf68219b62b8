# Two commands: `make demo` runs the product, `make test` proves it. Both start from nothing but
# python3 >= 3.11 with venv, make and git. CI calls `make test`; the README names the same targets.

UV_VERSION := 0.13.9
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
ROLE ?= dcc_web
TEST_STATE := .dcc/test
STARTED := $(shell date +%s)

# A stamp is named after what it installed (interpreter and locks): an up-to-date environment costs nothing.
fingerprint = $(shell { $(BIN)/python -V; cat $(1); } 2>/dev/null | cksum | cut -d' ' -f1)
RUNTIME := $(VENV)/.runtime-$(call fingerprint,requirements.lock)
DEV := $(VENV)/.dev-$(call fingerprint,requirements.lock requirements-dev.lock)

# python3 when it is recent enough, else the newest that is installed.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

# The services of the tests have a state folder of their own and stop whatever happens.
WITH_TEST_SERVICES = DCC_PG_FAST=1 $(BIN)/python -m dcc.embedded --state $(TEST_STATE) run --always-stop --
PRODUCTION_SETTINGS = DJANGO_SETTINGS_MODULE=dcc.settings.base DCC_ALLOWED_HOSTS=dcc.example

# One worker more than the two cores of CI, since browsers and peers are waited for; who has done theirs helps the others.
WORKERS ?= 3

# Programs are started by the dozen: without its compiled modules beside it, each takes two seconds more to be ready.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test test-quick soak reset lint types format lock shell manage checks
.DEFAULT_GOAL := help

help:
	@echo "make demo        lance la démonstration (PORT=8000), Ctrl-C l’arrête"
	@echo "make reset       oublie les données de la démonstration"
	@echo "make test        vérifie tout, comme l’intégration continue"
	@echo "make test-quick  sans navigateur ni pannes provoquées"
	@echo "make soak        les épreuves longues"
	@echo "make lint format lock"
	@echo "make shell       console Django ; make manage ARGS=\"…\" [ROLE=dcc_web] une commande"

demo: $(RUNTIME)
	@DCC_STARTED=$(STARTED) PORT=$(PORT) exec $(BIN)/python -m dcc.embedded.demo

reset:
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m dcc.embedded reset; else rm -rf .dcc; fi

test: lint types
	@$(BIN)/python -m dcc.embedded.system_packages pango chromium
	@$(WITH_TEST_SERVICES) $(MAKE) --no-print-directory checks
	@echo "Tout est vert en $$(( $$(date +%s) - $(STARTED) )) s."

checks: $(DEV)
	$(BIN)/python -m dcc.ui.assets
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(PRODUCTION_SETTINGS) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/pytest -n $(WORKERS) --dist worksteal $(ARGS)

test-quick: $(DEV)
	@$(BIN)/ruff check --quiet .
	@$(WITH_TEST_SERVICES) $(BIN)/pytest -n $(WORKERS) --dist worksteal -q --ignore=tests/browser --ignore=tests/chaos $(ARGS)

soak: $(DEV)
	@$(BIN)/python -m dcc.embedded.system_packages pango chromium
	@DCC_SOAK=1 $(WITH_TEST_SERVICES) $(BIN)/pytest -m soak -s $(ARGS)

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@if grep -q '^\[tool.djlint\]' pyproject.toml; then \
		echo "$(BIN)/djlint --check --lint"; $(BIN)/djlint --quiet --check . && $(BIN)/djlint --quiet --lint .; fi

types: $(DEV)
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(DEV)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	@if grep -q '^\[tool.djlint\]' pyproject.toml; then $(BIN)/djlint --quiet --reformat .; fi

# The intermediate uv.lock names registry hosts on every line: only the two exports are kept.
lock: $(BIN)/uv
	$(BIN)/uv lock
	$(BIN)/uv export --format requirements-txt --no-emit-project --no-header --no-dev -o requirements.lock >/dev/null
	$(BIN)/uv export --format requirements-txt --no-emit-project --no-header --only-dev -o requirements-dev.lock >/dev/null
	@rm -f uv.lock

shell: $(RUNTIME)
	@$(BIN)/python -m dcc.embedded run --role $(ROLE) -- $(BIN)/python manage.py shell

manage: $(RUNTIME)
	@$(BIN)/python -m dcc.embedded run --role $(ROLE) -- $(BIN)/python manage.py $(ARGS)

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Python 3.11 ou plus récent est introuvable. Sur Debian ou Ubuntu : sudo apt-get install -y python3 python3-venv" >&2; exit 1; fi
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "Il manque le module venv de Python. Sur Debian ou Ubuntu : sudo apt-get install -y python3-venv" >&2; exit 1; }
	@echo "Environnement Python ($$($(PYTHON) -V | cut -d' ' -f2))…"
	@$(PYTHON) -m venv --clear $(VENV)

$(BIN)/uv: | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

# uv when it can be had (seconds), pip otherwise (half a minute); hashes are checked by both.
define install
	@$(MAKE) --no-print-directory $(BIN)/uv 2>/dev/null || true
	@echo "Installation des paquets ($(1))…"
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --require-hashes $(foreach lock,$(2),-r $(lock)) \
		|| $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes $(foreach lock,$(2),-r $(lock))
	@rm -f $(VENV)/.$(3)-*
	@touch $(VENV)/.$(3)-$$({ $(BIN)/python -V; cat $(2); } | cksum | cut -d' ' -f1)
endef

$(RUNTIME): | $(BIN)/python
	$(call install,exécution,requirements.lock,runtime)

$(DEV): | $(BIN)/python
	$(call install,développement,requirements.lock requirements-dev.lock,dev)
