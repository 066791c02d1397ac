# Everything that a user or CI runs. Go is all that is needed; the linter is
# fetched and built by Go at the version given here.
GOLANGCI_LINT = github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

.PHONY: build demo test fuzz lint bench

# Installed and not linked in place: what the linker writes lies in the system's
# cache in small pieces, and starts a millisecond later until it is read anew.
build:
	CGO_ENABLED=0 go build -o atomizer-db.linked ./cmd/atomizer-db
	install atomizer-db.linked atomizer-db
	rm atomizer-db.linked

# A real study in one command, into demo/.
demo: build
	./atomizer-db demo --dir demo

test:
	go vet ./... ./testdata/bench/...
	go test -shuffle=on ./...

# Each decoder against random input, for some ten seconds each: counted, as the
# end of a time can find Go's fuzzing in the middle of an input, which it calls a
# failure.
fuzz:
	go test ./feedback/event -run '^$$' -fuzz '^FuzzDecode$$' -fuzztime 60000x
	go test ./feedback/playbook -run '^$$' -fuzz '^FuzzDecode$$' -fuzztime 300000x
	go test ./feedback/history/ace -run '^$$' -fuzz '^FuzzDecode$$' -fuzztime 150000x -fuzzminimizetime 10x

lint:
	go run $(GOLANGCI_LINT) run ./... ./testdata/bench/...

# What recording and asking cost, as ratios; BENCH_N=100000 for a shorter study.
# The rounds alternate between C and Go, so that a busy machine is so to both.
# It needs cc, libsqlite3 with its header, and sqlite3. REFERENCE=DIR measures the
# legacy loop in Python too.
BENCH = go test ./testdata/bench -run '^$$' -timeout 1h
BASELINE = testdata/bench/baseline
bench: build
	cc -O2 -Wall -Wextra -o $(BASELINE)/baseline $(BASELINE)/baseline.c -lsqlite3
	cc -O2 -Wall -Wextra -o $(BASELINE)/client $(BASELINE)/client.c
	{ for round in 1 2 3 4 5; do \
	  for again in 1 2 3; do $(BENCH) -bench '^Benchmark(BaselineSingle|Record|IngestAck)$$' -benchtime 1x; done; \
	  $(BENCH) -bench '^Benchmark(BaselineBatch|RecordAfter|RecordProcesses|Ingest|Finalize)$$' -benchtime 1x; \
	  $(BENCH) -bench '^Benchmark(Question|Studies|Process|Open)$$' -benchtime 50x; done; } | go run ./testdata/bench/ratios
	test -z "$(REFERENCE)" || python3 testdata/bench/legacy.py "$(REFERENCE)"
