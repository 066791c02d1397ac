package pgtest_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"atomizer-db/store/postgres/pgtest"
)

// TestFind is skipped where PostgreSQL is not installed; make test looks at that.
func TestFind(t *testing.T) {
	folder, err := pgtest.Find()
	if err != nil {
		t.Skip(err)
	}
	output, err := exec.CommandContext(t.Context(), filepath.Join(folder, "postgres"), "--version").CombinedOutput()
	if err != nil || !strings.HasPrefix(string(output), "postgres (PostgreSQL)") {
		t.Errorf("%v: %s", err, output)
	}
}
