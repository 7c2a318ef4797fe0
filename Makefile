# The commands of this project. `make` alone lists them.

PYTHON ?= python3
PORT ?= 8000
WORKERS ?= 2
# Of `make mutate` (1 if it is not given) and of `make test` (one of its own each time, which is shown).
SEED ?=
NUMBER ?= 300
ORDER := $(or $(SEED),$(shell date +%s))
export FLASK_APP = app

# WeasyPrint's libraries, and the fonts of letters that Be Vietnam Pro does not carry.
SYSTEM = libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-core
SYSTEM_TEST = poppler-utils
SYSTEM_BENCH = wrk
# Chromium comes with the tests; old ones from npm (tests/engines/package.json).
SYSTEM_ENGINES = firefox-esr webkit2gtk-driver xvfb

# What `flask prepare` does rests on these: while none is newer than what it said last, it need not be asked again.
RESTS_ON = migrations requirements/run.txt community_teams/sample courses/library foundation/areas

.DEFAULT_GOAL := help
.PHONY: help run manual install test lint check bench mutate migrate translate lock notices hooks browser engines

help: ## list these words
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: .cache/system .venv/ready browser ## prepare what is missing and serve http://127.0.0.1:8000 (PORT= changes it)
	@if [ -z "$(SAMPLE_PASSWORD)$(DATABASE_URL)$(DATA_FOLDER)$(HTTPS_ONLY)" ] && [ -f var/bdhvs.sqlite3 ] && [ -f var/prepared.txt ] \
		&& [ -z "$$(find $(RESTS_ON) -type f -not -name '*.pyc' -newer var/prepared.txt -print -quit)" ]; \
		then cat var/prepared.txt; else .venv/bin/flask prepare; fi
	@exec .venv/bin/flask serve --port $(PORT) --workers $(WORKERS)

test: .cache/system .cache/system-test .venv/ready-test node_modules/.ready-test browser ## every test, on SQLite, PostgreSQL and in Chromium, in an order of its own (SEED= gives one again)
	.venv/bin/python -m tests.run .venv/bin/pytest -n 2 --dist loadfile --no-loadscope-reorder --randomly-seed=$(ORDER)

engines: .cache/system .cache/system-test .cache/system-engines .venv/ready-test node_modules/.ready-test browser tests/engines/node_modules/.ready ## walks in Firefox, WebKit, and in Chromium: today's, 80 and 64
	.venv/bin/python -m tests.run .venv/bin/pytest --walk-engines tests/engines

lint: .cache/system .venv/ready-test node_modules/.ready-test browser ## format, rules, types, layers, requirements, lessons, translations
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/deptry . --config requirements/deptry-run.toml
	.venv/bin/deptry . --config requirements/deptry-test.toml
	scripts/with-node node node_modules/eslint/bin/eslint.js .
	scripts/with-node node node_modules/typescript/bin/tsc -p .
	.venv/bin/flask courses check
	.venv/bin/flask translations status

check: lint .cache/system-test ## lint, and the tests that need no browser, on SQLite
	.venv/bin/python -m tests.run .venv/bin/pytest -n 2 --dist loadfile --no-loadscope-reorder --database sqlite -m "not browser" --randomly-seed=$(ORDER)

bench: .cache/system .cache/system-bench .venv/ready-test node_modules/.ready-test browser ## measure, with the goal beside each figure
	.venv/bin/python -m bench

mutate: .cache/system .venv/ready-test node_modules/.ready-test browser ## change the domain rules one thing at a time and count what no test notices (SEED=, NUMBER=)
	.venv/bin/python -m bench.domain_mutants --seed $(or $(SEED),1) --number $(NUMBER)

install: .cache/system .venv/ready browser migrate ## everything a server needs: libraries, browser files, the newest migration

manual: .cache/system .venv/ready-test ## walk docs/deploy.md on a new Debian in a folder of its own (root; needs debootstrap, chromium)
	.venv/bin/python -m tests.manual

migrate: .venv/ready browser ## bring the database up to the newest migration
	.venv/bin/flask migrate

browser: node_modules/.ready ## build what browsers load, where a source has changed
	@scripts/with-node node scripts/browser/build.mjs

translate: .venv/ready ## collect the sentences of the interface, update and compile its catalogues
	.venv/bin/flask translations extract
	.venv/bin/flask translations update
	.venv/bin/flask translations compile

lock: ## resolve the requirements anew, with hashes and without addresses (needs uv)
	for set in run test node; do uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url --no-emit-find-links requirements/$$set.in -o requirements/$$set.txt; done

notices: .venv/ready node_modules/.ready ## name every library that others made, with its licence, in THIRD_PARTY_NOTICES.md
	.venv/bin/python scripts/third_party_notices.py

hooks: .venv/ready-test node_modules/.ready-test ## check each commit before it is made
	.venv/bin/pre-commit install

# A Python that brings its own venv (not Debian's) needs no package for it.
.cache/system: scripts/system-packages Makefile
	@scripts/system-packages $(SYSTEM) $$($(PYTHON) -c "import ensurepip" 2>/dev/null || echo python3-venv)
	@mkdir -p .cache && touch $@

.cache/system-test: scripts/system-packages Makefile
	@scripts/system-packages $(SYSTEM_TEST)
	@mkdir -p .cache && touch $@

.cache/system-engines: scripts/system-packages Makefile
	@scripts/system-packages $(SYSTEM_ENGINES)
	@mkdir -p .cache && touch $@

.cache/system-bench: scripts/system-packages Makefile
	@scripts/system-packages $(SYSTEM_BENCH)
	@mkdir -p .cache && touch $@

.venv/bin/python: | .cache/system
	@echo "Đang tạo môi trường Python trong .venv…"
	@$(PYTHON) -m venv .venv

.venv/ready: requirements/run.txt | .venv/bin/python
	@echo "Đang cài thư viện Python (lần đầu mất vài phút)…"
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv/ready-test: requirements/test.txt .venv/ready
	@echo "Đang cài thư viện Python cho việc kiểm thử (lần đầu mất vài phút)…"
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# What a server needs; the tests' own packages come with the tests.
node_modules/.ready: package.json package-lock.json | .venv/ready
	@echo "Đang cài thư viện cho trình duyệt bằng npm (lần đầu mất khoảng một phút)…"
	@scripts/with-node npm ci --ignore-scripts --omit=dev --silent
	@touch $@

tests/engines/node_modules/.ready: tests/engines/package.json tests/engines/package-lock.json | .venv/ready
	@echo "Đang cài các trình duyệt đời cũ để kiểm thử (lần đầu mất vài phút)…"
	@scripts/with-node npm --prefix tests/engines ci --ignore-scripts --silent
	@touch $@

node_modules/.ready-test: package.json package-lock.json | .venv/ready
	@echo "Đang cài thư viện npm, cả phần để kiểm thử (lần đầu mất khoảng một phút)…"
	@scripts/with-node npm ci --ignore-scripts --silent
	@touch node_modules/.ready $@
