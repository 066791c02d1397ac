package optuna_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shell is a sqlite3 process that has a database open.
type shell struct {
	t       *testing.T
	cmd     *exec.Cmd
	in      io.Writer
	answers *bufio.Reader
}

func startShell(t *testing.T, path string) *shell {
	t.Helper()
	s := &shell{t: t, cmd: exec.Command("sqlite3", "-bail", path)}
	in, err := s.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.in, s.answers = in, bufio.NewReader(out)
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.kill)
	return s
}

// run runs statements.
func (s *shell) run(statements string) {
	s.t.Helper()
	if err := s.send(statements); err != nil {
		s.t.Fatal(err)
	}
}

// send runs statements and returns when they are done.
func (s *shell) send(statements string) error {
	if _, err := fmt.Fprintf(s.in, "%s\nselect 'ready';\n", statements); err != nil {
		return err
	}
	for {
		line, err := s.answers.ReadString('\n')
		if err != nil || line == "ready\n" {
			return err
		}
	}
}

func (s *shell) kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// state returns the digests of the files in the database's folder. It ignores the
// content of the WAL's index, which any reader may write to.
func state(t *testing.T, path string) map[string]string {
	t.Helper()
	files, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, file := range files {
		content, err := os.ReadFile(filepath.Join(filepath.Dir(path), file.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file.Name(), "-shm") {
			content = nil
		}
		found[file.Name()] = fmt.Sprintf("%x", sha256.Sum256(content))
	}
	return found
}

func TestReadDatabaseInUseChangesNothing(t *testing.T) {
	const insert = `insert into trials (number, study_id, state) values (9, 1, 'WAITING');`
	// The transaction is larger than the cache, so SQLite writes to the file before
	// the commit.
	const large = `pragma cache_size = 2; begin; update trial_params set distribution_json = distribution_json || ' ';
		update trial_user_attributes set value_json = value_json || ' '; insert into trials (study_id, state) select 1, 'WAITING' from trials, trials t;`
	for _, test := range []struct {
		name   string
		setup  string
		kill   bool
		commit string // run after the database was read
		trials int
	}{
		{name: "nobody writes", trials: 9},
		{name: "a transaction is open", setup: `begin immediate; ` + insert, commit: `commit;`, trials: 9},
		{name: "a WAL is in use", setup: `pragma journal_mode = wal; ` + insert, commit: insert, trials: 10},
		{name: "a transaction is open in a WAL", setup: `pragma journal_mode = wal; ` + insert + ` begin immediate; ` + insert, commit: `commit;`, trials: 10},
		{name: "a WAL was left by a kill", setup: `pragma journal_mode = wal; ` + insert, kill: true, trials: 10},
		{name: "a journal was left by a kill", setup: large, kill: true, trials: 9},
	} {
		t.Run(test.name, func(t *testing.T) {
			whole, err := os.ReadFile(history + "study.db")
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "study.db")
			if err := os.WriteFile(path, bytes.Clone(whole), 0o666); err != nil {
				t.Fatal(err)
			}
			writer := startShell(t, path)
			writer.run(test.setup)
			if test.kill {
				writer.kill()
			}
			check := func() {
				before := state(t, path)
				file, err := openDatabase(t, path)
				if err != nil {
					t.Fatal(err)
				}
				if n := len(file.Studies[0].Trials); n != test.trials {
					t.Errorf("%d trials were read, not %d", n, test.trials)
				}
				if diff := cmp.Diff(before, state(t, path)); diff != "" {
					t.Errorf("reading changed files: %s", diff)
				}
			}
			check()
			if test.kill {
				// The files may have been moved without the index of the WAL.
				if err := os.Remove(path + "-shm"); err == nil {
					check()
				}
				return
			}
			writer.run(test.commit)
		})
	}
}

func TestReadDatabaseReadsWholeCommits(t *testing.T) {
	whole, err := os.ReadFile(history + "study.db")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "study.db")
	if err := os.WriteFile(path, whole, 0o666); err != nil {
		t.Fatal(err)
	}
	writer := startShell(t, path)
	writer.run(".timeout 5000")
	// Each pair is one commit. A reader must never see half of a pair.
	const commits = 300
	pair := `begin; insert into trials (study_id, state) values (4, 'WAITING'); insert into trials (study_id, state) values (4, 'WAITING'); commit;`
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := writer.send(strings.Repeat(pair+"\n", commits)); err != nil {
			t.Error(err)
		}
	}()
	for seen, written := 0, false; seen < 2*commits; {
		select {
		case <-done:
			if written {
				t.Fatalf("the writer has ended, but only %d trials were read", seen)
			}
			written = true
		default:
		}
		file, err := openDatabase(t, path)
		if err != nil {
			t.Fatal(err)
		}
		n := len(file.Studies[3].Trials)
		if n%2 != 0 || n < seen {
			t.Fatalf("%d trials after %d", n, seen)
		}
		seen = n
	}
}
