package pgtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var errNotFound = errors.New("PostgreSQL was not found: install its server, or add the folder of initdb to PATH")

// Find returns the folder of PostgreSQL's programs: that in PATH, that of pg_config, or the
// newest one where Debian puts them. With POSTGRES_TESTS=none it finds nothing.
func Find() (folder string, err error) {
	if os.Getenv("POSTGRES_TESTS") == "none" {
		return "", fmt.Errorf("%w (POSTGRES_TESTS=none)", errNotFound)
	}
	for _, folder := range folders() {
		if !slices.ContainsFunc([]string{"initdb", "pg_ctl", "postgres"}, func(program string) bool {
			_, err := exec.LookPath(filepath.Join(folder, program))
			return err != nil
		}) {
			return folder, nil
		}
	}
	return "", errNotFound
}

func folders() (found []string) {
	if path, err := exec.LookPath("initdb"); err == nil {
		found = append(found, filepath.Dir(path))
	}
	if output, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
		found = append(found, strings.TrimSpace(string(output)))
	}
	debian, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // the pattern is correct
	version := func(folder string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(folder))) // 0: no version
		return n
	}
	slices.SortFunc(debian, func(a, b string) int { return version(b) - version(a) })
	return append(found, debian...)
}

// missing ends a test that cannot run here.
func missing(tb testing.TB, reason any) {
	tb.Helper()
	if os.Getenv("POSTGRES_TESTS") == "required" {
		tb.Fatal(reason)
	}
	tb.Skip(reason)
}
