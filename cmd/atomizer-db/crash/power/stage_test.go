package power_test

import (
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"atomizer-db/testdata/sources"
)

// stage is where a scenario runs: a folder that loses its power, and folders beside it.
type stage struct {
	scenario
	root, before, in, out, trace string
}

func (s scenario) stage(t *testing.T) stage {
	t.Helper()
	sources.Track(t)
	folder, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	g := stage{scenario: s, trace: filepath.Join(folder, "trace")}
	for name, path := range map[string]*string{"root": &g.root, "before": &g.before, "in": &g.in, "out": &g.out} {
		*path = filepath.Join(folder, name)
		if err := os.Mkdir(*path, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	for source, n := range s.sources {
		write(t, filepath.Join(g.in, source), events(source, n))
	}
	if s.database == beside {
		write(t, filepath.Join(g.root, "playbook.json"), startPlaybook())
	}
	if s.begin != "" {
		g.prepare(t)
	}
	if err := os.CopyFS(g.before, os.DirFS(g.root)); err != nil {
		t.Fatal(err)
	}
	return g
}

// prepare runs what comes before. A reader that stays open keeps the WAL from being moved
// into the database, as in a process that dies.
func (g *stage) prepare(t *testing.T) {
	t.Helper()
	g.shell(t, exec.CommandContext(t.Context(), "sh", "-ec", g.begin))
	if !g.openWAL {
		return
	}
	reader, err := sql.Open("sqlite", filepath.Join(g.root, g.database))
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	transaction, err := reader.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var events int
	if err := transaction.QueryRowContext(t.Context(), `select count(*) from ledger`).Scan(&events); err != nil {
		t.Fatal(err)
	}
	g.shell(t, exec.CommandContext(t.Context(), "sh", "-ec", `"$ATOMIZER" finalize --key unmoved --db "$DB"`))
	files, err := readFolder(g.root)
	if err != nil {
		t.Fatal(err)
	}
	if len(files[g.database+"-wal"]) == 0 {
		t.Fatal("the WAL has been moved into the database")
	}
	g.root += " of the dead"
	image(files).write(t, g.root)
}

// shell runs a command with a script's environment.
func (g stage) shell(t *testing.T, command *exec.Cmd) {
	t.Helper()
	recorder, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command.Env = append(os.Environ(), "ATOMIZER="+program, "RECORDER="+recorder, "DB="+filepath.Join(g.root, g.database), "IN="+g.in, "OUT="+g.out)
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v: %s", command.Args, err, output)
	}
}

// record runs the scripts under strace.
func (g stage) record(t *testing.T) {
	t.Helper()
	if g.killed != "" {
		g.shell(t, strace(t.Context(), g.trace, g.sync, "sh", "-ec", g.killed))
	}
	g.shell(t, strace(t.Context(), g.trace, 0, "sh", "-ec", g.script))
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}
