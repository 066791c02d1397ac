# Everything that a user or CI runs. Go is all that is needed; the linter is
# fetched and built by Go at the version given here.
GOLANGCI_LINT = github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

.PHONY: build demo test fuzz lint

build:
	CGO_ENABLED=0 go build -o . ./cmd/atomizer-db

# A real study in one command, into demo/.
demo: build
	./atomizer-db demo --dir demo

test:
	go vet ./...
	go test -shuffle=on ./...

# Each decoder against random input, for a short while.
fuzz:
	go test ./feedback -run '^$$' -fuzz '^FuzzDecodeEvent$$' -fuzztime 10s
	go test ./feedback/playbook -run '^$$' -fuzz '^FuzzDecode$$' -fuzztime 10s

lint:
	go run $(GOLANGCI_LINT) run ./...
