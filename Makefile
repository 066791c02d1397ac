# Everything that a user or CI runs. It needs Go alone, unless a target says
# otherwise; Go fetches and builds the linter.
GOLANGCI_LINT = github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

.PHONY: build demo test soak soak-tests soak-race soak-fuzz cross lint bench

# What the program says that it is; empty outside of a git clone, where Go decides.
VERSION = $(shell git describe --tags --always --dirty 2>/dev/null)

# Copied after linking: the linker's own file lies in many small pieces in the
# page cache, and starts a millisecond later.
build:
	CGO_ENABLED=0 go build -ldflags '-X main.version=$(VERSION)' -o atomizer-db.linked ./cmd/atomizer-db
	install atomizer-db.linked atomizer-db
	rm atomizer-db.linked

# A real study, recorded in demo/.
demo: build
	./atomizer-db demo --dir demo

# One to two minutes on two processors: few rounds of each test. Without PostgreSQL, it
# says at the end that its tests were skipped.
test:
	go vet ./... ./testdata/bench/...
	go test -shuffle=on ./... && passed=true || passed=false; \
	if go test -count=1 -v -run '^TestFind$$' ./store/postgres/pgtest | grep -q 'PostgreSQL was not found'; then \
		echo "PostgreSQL was not found: its tests were skipped; SQLite alone was tested"; \
	fi; $$passed

# Some minutes: SOAK times as many kills, power cuts, interrupts, damaged files and random
# cases, what runs at the same time under the race detector, and every decoder
# against random input. SOAK=100 for a night.
SOAK ?= 8
soak: soak-tests soak-race soak-fuzz

soak-tests:
	SOAK=$(SOAK) go test -timeout 10h ./...

# The detector does not watch SQLite itself, whose code in Go would take five
# times as long.
soak-race:
	@if command -v $$(go env CC) >/dev/null; then set -x; \
		CGO_ENABLED=1 go test -race -gcflags 'modernc.org/...=-race=false' ./store/... ./feedback/...; \
	else echo "skipped the race detector: it needs a C compiler (install gcc)"; fi

# Inputs are counted, as the end of a time can find Go's fuzzing in the middle of
# one, which it then calls a failure.
soak-fuzz:
	set -e; list=$$(go test -list '^Fuzz' ./...); \
	echo "$$list" | awk '/^Fuzz/ { names[n++] = $$1 } /^ok/ { for (i = 0; i < n; i++) print $$2, names[i]; n = 0 }' | \
	while read -r package name; do \
		go test "$$package" -run '^$$' -fuzz "^$$name\$$" -fuzztime $$(($(SOAK) * 10000))x -fuzzminimizetime 10x; \
	done

# Builds for other systems. On Windows the tests do not compile: they send signals
# and change permissions.
cross:
	for system in linux/arm64 darwin/arm64 darwin/amd64 windows/amd64; do \
		CGO_ENABLED=0 GOOS=$${system%/*} GOARCH=$${system#*/} go build ./... || exit 1; \
	done
	GOOS=darwin go vet ./...

lint:
	go run $(GOLANGCI_LINT) run ./... ./testdata/bench/...

# What recording and asking cost, as ratios; BENCH_N=100000 makes the long study
# shorter. The rounds alternate between C and Go, so that a busy machine slows both.
# It needs cc, libsqlite3 with its header, and sqlite3; what it measures on PostgreSQL needs that. REFERENCE=DIR measures the
# legacy loop in Python too.
BENCH = go test ./testdata/bench -run '^$$' -timeout 1h
BASELINE = testdata/bench/baseline
bench: build
	cc -O2 -Wall -Wextra -o $(BASELINE)/baseline $(BASELINE)/baseline.c -lsqlite3
	cc -O2 -Wall -Wextra -o $(BASELINE)/client $(BASELINE)/client.c
	{ for round in 1 2 3 4 5; do \
	  for again in 1 2 3; do $(BENCH) -bench '^Benchmark(BaselineSingle|Record|Session)$$' -benchtime 1x; done; \
	  $(BENCH) -bench '^Benchmark(BaselineBatch|RecordAfter|RecordProcesses|Ingest|Finalize|PostgresProcesses|Pgbench|PostgresIngest)$$' -benchtime 1x; \
	  $(BENCH) -bench '^Benchmark(Question|Studies|Process|Open|PostgresQuestion)$$' -benchtime 50x; done; } | go run ./testdata/bench/ratios
	test -z "$(REFERENCE)" || python3 testdata/bench/legacy.py "$(REFERENCE)"
