# `make help` lists the commands. Everything except Rust, Python 3, make and a C compiler is installed under .venv and
# .tools, pinned.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PORT ?= 9000
AUTH ?= Bearer demo-key
DATA ?=
SAMPLE ?= 1
DB_PORT ?=
LISTEN ?=
RECEIVE_PORT ?= 9002
SECRET ?=
export PORT AUTH DATA SAMPLE DB_PORT LISTEN RECEIVE_PORT SECRET

# `cargo lambda` finds its zig as `python3 -m ziglang`, so the virtual environment comes first.
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/.tools/bin:$(PATH)

RUST_NEEDED := 1.94.1
CARGO_DENY := 0.20.2
CARGO_MACHETE := 0.9.2
CARGO_CYCLONEDX := 0.5.9

# The architecture for Lambda: arm64 if this toolchain has the target, otherwise x86_64 with an old enough glibc.
RUST_TARGETS := $(shell ls "$$(rustc --print sysroot 2>/dev/null)/lib/rustlib" 2>/dev/null)
ARCHITECTURE ?= $(if $(filter aarch64-unknown-linux-gnu,$(RUST_TARGETS)),arm64,x86_64)
TARGET_arm64 := aarch64-unknown-linux-gnu.2.34
TARGET_x86_64 := x86_64-unknown-linux-gnu.2.34

# Everything that runs on this machine is built with `--workspace`, narrowed down by targets. So it shares one set of
# features, and no dependency is compiled twice. The functions for Lambda are built by the names of their packages,
# with the few features that these need (`make build`).
FUNCTIONS := --bin 'khoros-*' --bin 'agent-*' --bin 'egain-*' --bin 'omnidesk-*' --bin 'admin-*' --bin 'desk-*' --bin 'webhook-*'
FUNCTION_PACKAGES := -p khoros -p agent -p egain -p omnidesk -p admin -p desk -p webhook

.PHONY: help
help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: local ## The whole CRM on this machine; variables PORT, AUTH, DATA, SAMPLE, DB_PORT, LISTEN
	@exec target/debug/local run

.PHONY: watch
watch: local .venv/cargo-lambda ## The same under `cargo lambda watch`, with hot reload
	@exec target/debug/local watch

.PHONY: receive
receive: local ## A receiver of webhooks that prints what arrives; variables SECRET, RECEIVE_PORT
	@exec target/debug/local receive

# Black-box tests mostly wait for functions and for clocks: run more threads than cores, and several suites at once.
CORES := $(shell nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || echo 2)
TEST_THREADS := $(shell echo $$(($(CORES) < 4 ? 4 : $(CORES))))
SUITES_AT_ONCE := $(shell echo $$(($(CORES) < 2 ? 2 : $(CORES))))
# The longest come first, and infra before them, because it leaves most of the processor to another one.
# A suite's output is shown as a whole if this make can do that.
LONG_SUITES := infra faults operator
RUST_SUITES := $(notdir $(patsubst %/main.rs,%,$(wildcard tests/*/main.rs tools/*/tests/*/main.rs))) \
	$(basename $(notdir $(wildcard tools/*/tests/*.rs)))
SUITES := $(LONG_SUITES) browser $(filter-out $(LONG_SUITES),$(RUST_SUITES)) library
SUITES_APART := $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)

# Fetch the rest while crates are compiled, so that network and processor do not wait for each other.
.PHONY: test
test: rust ## Unit, property, black-box and browser tests
	@mkdir -p target; $(MAKE_COMMAND) --no-print-directory fetched >target/fetched.log 2>&1 & fetching=$$!; \
	compiled=0; { cargo build --locked --workspace && cargo test --locked --workspace --lib --test '*' --no-run; } || compiled=$$?; \
	wait $$fetching || { cat target/fetched.log; exit 1; }; \
	exit $$compiled
	@$(MAKE_COMMAND) --no-print-directory --keep-going --jobs=$(SUITES_AT_ONCE) READY=1 $(SUITES_APART) $(SUITES:%=suite-%)

# One suite alone: `make suite-contract`.
.PHONY: $(SUITES:%=suite-%)
$(RUST_SUITES:%=suite-%): suite-%: $(if $(READY),,rust)
	RUST_TEST_THREADS=$(TEST_THREADS) cargo test --locked --workspace --test $*

suite-library: $(if $(READY),,rust)
	RUST_TEST_THREADS=$(TEST_THREADS) cargo test --locked --workspace --lib

# While a prerequisite is made, make begins the suites after it. `test` has made them all, so it says READY=1.
suite-infra: $(if $(READY),,local .venv/infra .venv/rie)
	.venv/bin/python -m pytest --quiet -p no:cacheprovider -W ignore tests/infra

suite-browser: browser

# The requirements of tests other than crates.
.PHONY: fetched
fetched: .venv/infra .venv/rie .venv/browser chromium

# For this machine's architecture: ARCHITECTURE must not be another.
.PHONY: runtime
runtime: build local .venv/infra .venv/rie ## The zips of `make build` under AWS' runtime interface emulator
	FUNCTIONS=target/lambda .venv/bin/python -m pytest --quiet -p no:cacheprovider -W ignore tests/infra/test_runtime.py

.PHONY: browser
browser: $(if $(READY),,local .venv/browser chromium) ## The agents' pages and the desk in a real browser
	.venv/bin/python -m unittest discover --start-directory tests/browser

.PHONY: screenshots
screenshots: local .venv/browser chromium ## Screenshots of the pages and the desk, in target/screenshots
	mkdir -p target/screenshots
	SCREENSHOTS=target/screenshots .venv/bin/python -m unittest discover --start-directory tests/browser -k Looks

# CHROMIUM=/path/to/chromium selects another browser than the system's.
.PHONY: chromium
chromium:
	@for browser in "$${CHROMIUM:-}" chromium-headless-shell chromium chromium-browser google-chrome; do \
		[ -z "$$browser" ] || ! command -v "$$browser" >/dev/null || exit 0; done; \
	{ [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; } || { \
		echo "The browser tests need Chromium: please install it, or name one: make browser CHROMIUM=/path/to/chromium"; exit 1; }; \
	apt-get update -qq; \
	apt-get install -y -qq --no-install-recommends fonts-dejavu-core fonts-noto-color-emoji >/dev/null; \
	for package in chromium-headless-shell chromium; do \
		apt-get install -y -qq --no-install-recommends $$package >/dev/null && exit 0; done; exit 1

.PHONY: check
check: rust .tools/cargo-deny .tools/cargo-machete .venv/infra ## Format, lints, licences, unused dependencies, template, documentation
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	# With the few features of the build for Lambda.
	cargo clippy --locked $(FUNCTION_PACKAGES) --bins -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps --document-private-items --lib
	cargo test --locked --workspace --doc
	cargo deny --locked check licenses bans sources
	cargo machete --skip-target-dir shared functions tools tests
	cfn-lint infra/*.yaml
	check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	zizmor --offline --quiet --min-severity medium .github

.PHONY: crm
crm: rust ## The operator's command line: target/debug/crm
	cargo build --locked --workspace --bin crm

# The places where `make install` puts the program, its manual and its completions.
PREFIX ?= $(HOME)/.local
SHELLS := bash:bash-completion/completions/crm zsh:zsh/site-functions/_crm fish:fish/vendor_completions.d/crm.fish

.PHONY: install
install: rust ## `crm` on the PATH, with completions and man pages; variable PREFIX (~/.local)
	cargo build --locked --release -p crm
	@install -d '$(PREFIX)/bin' '$(PREFIX)/share/man/man1'
	@install -m 755 target/release/crm '$(PREFIX)/bin/crm'
	@'$(PREFIX)/bin/crm' manual '$(PREFIX)/share/man/man1'
	@for shell in $(SHELLS); do \
		file="$(PREFIX)/share/$${shell#*:}"; install -d "$$(dirname "$$file")"; \
		'$(PREFIX)/bin/crm' completions "$${shell%%:*}" > "$$file"; done
	@echo "crm is installed: $(PREFIX)/bin/crm"
	@case ":$$PATH:" in *":$(PREFIX)/bin:"*) ;; *) echo "Your PATH does not have it yet: export PATH=$(PREFIX)/bin:\$$PATH";; esac

# A release of `crm` for this system: an archive of what `make install` installs, and its digest.
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
DIST := crm-$(VERSION)-$(shell uname -sm | tr 'A-Z ' 'a-z-')
.PHONY: dist
dist: ## `crm` as an archive for this system, with its digest: target/dist
	@rm -rf 'target/dist/$(DIST)'
	@$(MAKE) --no-print-directory install PREFIX='$(CURDIR)/target/dist/$(DIST)' >/dev/null
	@cp LICENSE-APACHE LICENSE-MIT 'target/dist/$(DIST)/'
	@cd target/dist && tar -czf '$(DIST).tar.gz' '$(DIST)' \
		&& { command -v sha256sum >/dev/null && sha256sum '$(DIST).tar.gz' || shasum -a 256 '$(DIST).tar.gz'; } > '$(DIST).tar.gz.sha256'
	@cat 'target/dist/$(DIST).tar.gz.sha256'

# The figures are measured on other seeds than those used for training (target `train`).
SEED ?= 2 3
CUSTOMERS ?= 10000
QUESTIONS ?= 5000
EVALUATE := target/debug/evaluate
SAMPLES = $(SEED:%=target/evaluate/%)
# A folder with samples made by others, each in a directory with customers.jsonl and queries.jsonl.
EXTRA ?=
BROUGHT = $(patsubst $(EXTRA)/%/queries.jsonl,target/evaluate/%,$(if $(EXTRA),$(wildcard $(EXTRA)/*/queries.jsonl)))
FEBRL := target/evaluate/febrl

# Samples of small and large companies, each a seed and a number of customers. Each sample has habits of its own.
TRAINING := 101:10000,102:3000,103:20000,104:1000,105:6000,106:10000,107:40000,108:2000,109:12000,110:5000,111:8000,112:500

.PHONY: train
train: rust .venv/evaluate ## Trains the weights of best match
	cargo build --locked --workspace --bin train
	target/debug/train --samples $(TRAINING) --questions 2500 --output target/observations.jsonl
	.venv/bin/python tools/train/fit.py target/observations.jsonl --output shared/domain/src/matching/weights.rs
	cargo fmt -p crm-domain

LEAVE ?= scenario
.PHONY: train-left-out
train-left-out: rust .venv/evaluate ## How best match answers kinds of questions that training lacked; variable LEAVE=scenario|culture|source
	cargo build --locked --workspace --bin train
	target/debug/train --samples $(TRAINING) --questions 2500 --output target/observations.jsonl
	.venv/bin/python tools/train/fit.py target/observations.jsonl --brief --leave-out $(LEAVE)

.PHONY: train-duplicates
train-duplicates: rust .venv/evaluate ## Trains the weights of best match's signals between two records
	cargo build --locked --workspace --bin evaluate
	$(EVALUATE) duplicates --seed 101 102 103 104 105 106 107 108 --people 6000 --share 0.15 --observe target/pairs.jsonl
	.venv/bin/python tools/train/fit_duplicates.py target/pairs.jsonl --output shared/domain/src/matching/record_weights.rs
	cargo fmt -p crm-domain

.PHONY: evaluate
evaluate: local .venv/evaluate ## The accuracy of best match, compared with two baselines; variables SEED, CUSTOMERS, QUESTIONS, EXTRA
	cargo build --locked --workspace --bin evaluate
	@for seed in $(SEED); do \
		$(EVALUATE) generate --seed $$seed --customers $(CUSTOMERS) --questions $(QUESTIONS) target/evaluate/$$seed; done
	.venv/bin/python tools/evaluate/febrl.py $(FEBRL)
	@for sample in $(BROUGHT); do $(EVALUATE) bring $(EXTRA)/$$(basename $$sample) $$sample; done
	$(EVALUATE) ask $(SAMPLES) $(FEBRL) $(BROUGHT)
	$(EVALUATE) equality $(SAMPLES) $(FEBRL) $(BROUGHT)
	.venv/bin/python tools/evaluate/splink_baseline.py $(SAMPLES) $(FEBRL) $(BROUGHT)
	@printf '\n%s\n\n' 'Seeds $(SEED), $(CUSTOMERS) customers and $(QUESTIONS) questions each:'; $(EVALUATE) report $(SAMPLES)
	@printf '\n%s\n\n' 'FEBRL 4:'; $(EVALUATE) report $(FEBRL)
	@for sample in $(BROUGHT); do printf '\n%s\n\n' "$$(basename $$sample):"; $(EVALUATE) report $$sample; done

SIZES ?= 1000 10000 100000
PROFILE ?= release

.PHONY: bench-scale
bench-scale: rust ## The cost of requests among few and among many customers; variables SIZES, PROFILE (dev builds faster), DATA
	cargo build --locked --profile $(PROFILE)
	cargo build --locked --profile $(PROFILE) -p bench
	target/$(PROFILE:dev=debug)/bench scale --sizes $(SIZES) $(if $(DATA),--data $(DATA))

CUSTOMERS_WALKED ?= 100000
RECENT ?=

.PHONY: bench-duplicates
bench-duplicates: rust ## The cost of a walk for duplicates and how well it recognises them; variables CUSTOMERS_WALKED, RECENT=1, PROFILE, DATA
	cargo build --locked --workspace --bins --profile $(PROFILE)
	target/$(PROFILE:dev=debug)/bench duplicates --customers $(CUSTOMERS_WALKED) $(if $(RECENT),--recent) $(if $(DATA),--data $(DATA))

.PHONY: bench-match
bench-match: rust ## The time of best match without the database, and of one comparison; variable PROFILE
	cargo build --locked --profile $(PROFILE) -p bench
	target/$(PROFILE:dev=debug)/bench match

STARTS ?= 15
CALLS ?= 50
ONLY ?=
# Node's packages, if there is Node, and the AWS SDK for Python. The Rust peer has its own workspace, and thus its own
# features.
PEERS := tools/bench/peers

.PHONY: bench-cold
bench-cold: build .venv/deploy .tools/peers ## The start times of functions, compared with Node, Python and plain Rust; variables STARTS, CALLS, ONLY
	cargo build --locked --release -p bench
	CARGO_TARGET_DIR=target/peers cargo build --locked --release --manifest-path $(PEERS)/rust/Cargo.toml
	target/release/bench cold --starts $(STARTS) --calls $(CALLS) $(if $(ONLY),--only $(ONLY))

.tools/peers: $(PEERS)/package.json $(PEERS)/package-lock.json
	@mkdir -p $@
	@cp $^ $@
	@if command -v npm >/dev/null; then npm ci --prefix $@ --no-audit --no-fund --ignore-scripts; \
		else echo "Node is not installed: bench-cold leaves it out"; fi
	@touch $@

.PHONY: audit
audit: .tools/cargo-deny .venv/audit ## Known vulnerabilities of crates and Python packages (asks for the advisories)
	cargo deny --locked check advisories
	@for locked in $(WANTED:.in=.txt); do echo "$$locked"; .venv/bin/pip-audit --strict --require-hashes --disable-pip --requirement "$$locked"; done

# The components of the zips in CycloneDX: the crates of the functions' packages, with their features, versions and
# digests.
.PHONY: sbom
sbom: rust .tools/cargo-cyclonedx ## The components of the functions: target/sbom/*.cdx.json
	@mkdir -p target/sbom
	cargo cyclonedx --quiet --format json --target all
	@for package in khoros egain omnidesk admin agent desk webhook; do mv "functions/$$package/$$package.cdx.json" target/sbom/; done
	@find shared functions tools tests -name '*.cdx.json' -delete

# Only the functions take their random numbers from the kernel and the processor
# (docs/decisions/0040-entropy-from-the-kernel.md).
.PHONY: build
build: export AWS_LC_SYS_NO_JITTER_ENTROPY := 1
build: rust .venv/cargo-lambda .venv/zig ## A zip of every function for Lambda: target/lambda/*/bootstrap.zip
	cargo lambda build --release --locked $(FUNCTION_PACKAGES) --target $(TARGET_$(ARCHITECTURE)) --output-format zip
	@echo "built for $(ARCHITECTURE):"
	@ls -l target/lambda/*/bootstrap.zip | awk '{ printf "%8.1f MB  %s\n", $$5 / 1048576, $$9 }'

# Variables of the next targets: the stack's name. For the first also a file of parameters, the tenant of the smoke
# test, the role that CloudFormation acts in, the boundary of the functions' roles, a bucket of your own for the code,
# and CONFIRM=1 to skip the confirmation.
STACK ?=
PARAMETERS ?=
TENANT ?=
ROLE ?=
BOUNDARY ?=
BUCKET ?=
CONFIRM ?=
DEPLOY_OPTIONS = --architecture $(ARCHITECTURE) $(if $(PARAMETERS),--parameters '$(PARAMETERS)') $(if $(TENANT),--tenant '$(TENANT)') \
	$(if $(ROLE),--role '$(ROLE)') $(if $(BOUNDARY),--boundary '$(BOUNDARY)') $(if $(BUCKET),--bucket '$(BUCKET)') $(if $(CONFIRM),--yes)

.PHONY: deploy
deploy: stack build crm .venv/deploy ## Deploys into your AWS account; variables STACK, PARAMETERS, TENANT, CONFIRM
	@.venv/bin/python infra/deploy deploy '$(STACK)' $(DEPLOY_OPTIONS)

.PHONY: rotate-links
rotate-links: stack .venv/deploy ## Replaces the secret of the agents' links; all links keep opening; variables STACK, ROLE
	@.venv/bin/python infra/deploy rotate-links '$(STACK)' $(if $(ROLE),--role '$(ROLE)') $(if $(CONFIRM),--yes)

.PHONY: retire-links
retire-links: stack .venv/deploy ## Ends the old secret, three days later; variables STACK, ROLE
	@.venv/bin/python infra/deploy retire-links '$(STACK)' $(if $(ROLE),--role '$(ROLE)')

TIME ?=
.PHONY: restore
restore: stack crm .venv/deploy ## Restores the table to a TIME and switches to it; variables STACK, TIME, TENANT (all of them), ROLE
	@[ -n '$(TIME)' ] && [ -n '$(TENANT)' ] || { \
		echo "When, and whose? For example: make restore STACK=crm TIME=2026-11-20T08:00:00Z TENANT='acme other'"; exit 1; }
	@.venv/bin/python infra/deploy restore '$(STACK)' '$(TIME)' $(TENANT:%=--tenant '%') $(if $(ROLE),--role '$(ROLE)') \
		$(if $(CONFIRM),--yes)

.PHONY: destroy
destroy: stack .venv/deploy ## Removes the stack, except for the data; variable STACK
	@.venv/bin/python infra/deploy destroy '$(STACK)'

.PHONY: stack
stack:
	@[ -n '$(STACK)' ] || { echo "Which stack? For example: make $(firstword $(MAKECMDGOALS)) STACK=crm"; exit 1; }

EDGE ?=
REPLICAS ?=
WEBHOOKS ?=
EVENT_BUS ?=
.PHONY: costs
costs: ## The costs of a month, for three sizes of company; variables EDGE=1, WEBHOOKS=1, EVENT_BUS=1, REPLICAS
	@python3 infra/costs/bill.py $(if $(EDGE),--edge) $(if $(WEBHOOKS),--webhooks) $(if $(EVENT_BUS),--event-bus) $(if $(REPLICAS),--replicas $(REPLICAS))

.PHONY: format
format: ## Formats the code
	cargo fmt --all

.PHONY: clean
clean: ## Removes everything built and installed here
	rm -rf target .venv .tools

.PHONY: local
local: rust
	@[ -x target/debug/local ] || { \
		echo "1 of 2: compiling some 340 crates, which takes about four minutes on two idle cores; cargo counts them."; \
		echo "2 of 2: starting the functions and loading the sample, which takes a second."; }
	@cargo build --locked --workspace $(FUNCTIONS) --bin local

.PHONY: rust
rust:
	@command -v rustc >/dev/null || { echo "Rust is not installed: please install Rust $(RUST_NEEDED) or newer."; exit 1; }
	@command -v cargo >/dev/null || { echo "cargo is missing, which comes with Rust: please install Rust $(RUST_NEEDED) or newer."; exit 1; }
	@have=$$(rustc --version | awk '{ print $$2 }'); \
	oldest=$$(printf '%s\n' "$(RUST_NEEDED)" "$${have%%-*}" | sort -V | head -n 1); \
	[ "$$oldest" = "$(RUST_NEEDED)" ] || { echo "Rust $$have is too old: the AWS SDK needs $(RUST_NEEDED) or newer."; exit 1; }

.venv/bin/pip:
	@command -v python3 >/dev/null || { echo "Python 3 is not installed: please install it, with its module venv."; exit 1; }
	python3 -m venv .venv

# Python packages are installed from lock files only, which have the digests of every package's files. `make lock`
# writes a lock file from the .in file of the same name, which lists the requirements and their reasons.
INSTALL := .venv/bin/pip install --quiet --require-hashes --no-deps --requirement

.venv/cargo-lambda .venv/zig .venv/lock .venv/audit .venv/rie: .venv/%: infra/build/%.txt .venv/bin/pip
	$(INSTALL) $<
	@touch $@

.venv/evaluate: tools/evaluate/requirements.txt .venv/bin/pip
	$(INSTALL) $<
	@touch $@

.venv/browser .venv/infra: .venv/%: tests/%/requirements.txt .venv/bin/pip
	$(INSTALL) $<
	@touch $@

.venv/deploy: infra/deploy/requirements.txt .venv/bin/pip
	$(INSTALL) $<
	@touch $@

WANTED := $(wildcard infra/build/*.in infra/deploy/*.in tests/*/*.in tools/*/*.in)
# Of these only the packages themselves: `cargo lambda` requires zig, which only `make build` needs, and only one file
# of SAM's CLI is used.
ALONE := infra/build/cargo-lambda.in infra/build/rie.in
.PHONY: lock
lock: .venv/lock ## Updates the lock files of the Python packages from the .in files
	@for wanted in $(WANTED); do \
		.venv/bin/uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
			$$(case ' $(ALONE) ' in *" $$wanted "*) echo --no-deps ;; esac) --output-file "$${wanted%.in}.txt" "$$wanted"; done

.tools/cargo-deny: Makefile
	cargo install --quiet --locked --debug --root .tools cargo-deny@$(CARGO_DENY)
	@touch $@

.tools/cargo-machete: Makefile
	cargo install --quiet --locked --debug --root .tools cargo-machete@$(CARGO_MACHETE)
	@touch $@

.tools/cargo-cyclonedx: Makefile
	cargo install --quiet --locked --debug --root .tools cargo-cyclonedx@$(CARGO_CYCLONEDX)
	@touch $@
