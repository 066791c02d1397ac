package main

import (
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const counting = `with recursive n (i) as (select 1 union all select i + 1 from n) `

// TestAQueryIsBounded runs queries that would take all memory, time or patience.
func TestAQueryIsBounded(t *testing.T) {
	db := filepath.Join(t.TempDir(), "playbook.db")
	done(t, "", "init", "--db", db)
	wide := make([]string, 1000)
	for i := range wide {
		wide[i] = fmt.Sprintf("hex(zeroblob(%d))", 8_000_000+i)
	}
	const limit, slack = 100, 60 // MiB
	for _, test := range []struct {
		name   string
		args   []string
		stderr string
		mib    int64
	}{
		{"a sort", []string{counting + `select i, zeroblob(1000) from n order by i desc`}, "stopped at 100MiB of memory", limit + slack},
		{"a large text", []string{counting + `, m as materialized (select randomblob(100000) from n) select count(*) from m`}, "stopped at 100MiB of memory", limit + slack},
		// SQLite cannot be interrupted between the columns of a row.
		{"a wide row", []string{"select " + strings.Join(wide, ", "), "--jsonl"}, "stopped at 100MiB of memory", limit*5/4 + 2*slack},
		{"a wide row of zeros", []string{"select zeroblob(16000000) as a, zeroblob(16000000) as b", "--jsonl"}, "a row is larger than 16 MiB", limit + slack},
		{"a slow wide row", []string{"select " + strings.Join(wide, ", "), "--timeout", "50ms"}, "stopped", limit*5/4 + 2*slack},
		{"a table", []string{counting + `select i, hex(zeroblob(10000)) from n`, "--max-memory", "400MiB"}, "only the first 838 rows are shown", 300},
		{"a table that would be padded", []string{counting + `select case i when 9 then hex(zeroblob(500000)) else '' end, i from n`, "--max-memory", "400MiB"}, "only the first 16 rows are shown", 300},
		{"a reader that does not read", []string{counting + `select i from n`, "--jsonl", "--timeout", "100ms"}, "stopped after 100ms", limit + slack},
		{"a reader that does not read a table", []string{counting + `select i, i from n`, "--timeout", "2s"}, "stopped after 2s", limit + slack},
	} {
		t.Run(test.name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), "atomizer-db", append([]string{"query", "--max-memory", "100MiB", "--db", db}, test.args...)...)
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			if strings.HasPrefix(test.name, "a reader") {
				if _, err := cmd.StdoutPipe(); err != nil { // which nobody reads
					t.Fatal(err)
				}
			}
			began := time.Now()
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait() // an exit code is looked at below
			state := cmd.ProcessState
			if !strings.Contains(stderr.String(), test.stderr) || state.ExitCode() != 1 && !strings.Contains(test.stderr, "only the first") {
				t.Errorf("exit code %d: %s", state.ExitCode(), &stderr)
			}
			if took := time.Since(began); took > 30*time.Second {
				t.Errorf("it took %v", took)
			}
			if used := state.SysUsage().(*syscall.Rusage).Maxrss >> 10; used > test.mib {
				t.Errorf("it took %d MiB of memory", used)
			}
		})
	}
}
