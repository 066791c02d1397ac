package power_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// scenario is a run whose power is cut. Its script runs in a shell that knows $ATOMIZER
// (the program), $RECORDER (the program that uses the Go API), $DB, $IN (a folder with a
// file of events for each source) and $OUT. Each line that the script writes to a file in
// $OUT acknowledges an event: its key, or in a file with the name of a source, the answer
// to the source's next event.
type scenario struct {
	name     string
	database string         // path below the folder
	sources  map[string]int // the number of events in each file in $IN
	begin    string         // a script that runs before
	openWAL  bool           // what ran before has died and left its WAL behind
	script   string
}

const beside = "playbook.db"

// finalize is a part of scripts: the shell acknowledges what a command has ended with 0.
const finalize = `"$ATOMIZER" finalize --key last --db "$DB" >/dev/null; echo last >"$OUT/commands"`

var scenarios = []scenario{
	{
		name: "ingest", database: beside, sources: map[string]int{"a": 40},
		script: `"$ATOMIZER" ingest --ack "$IN/a" --db "$DB" >"$OUT/a"`,
	}, {
		name: "two ingests at once", database: beside, sources: map[string]int{"a": 40, "b": 40},
		script: `"$ATOMIZER" ingest --ack "$IN/a" --db "$DB" >"$OUT/a" & "$ATOMIZER" ingest --ack "$IN/b" --db "$DB" >"$OUT/b"; wait $!`,
	}, {
		name: "finalize with export", database: beside, sources: map[string]int{"a": 40}, begin: `"$ATOMIZER" ingest "$IN/a" --db "$DB"`,
		script: `"$ATOMIZER" finalize --key first --db "$DB" >/dev/null; echo first >"$OUT/first"; ` + finalize,
	}, {
		name: "first opening", database: "bracket/3_results/playbook.db", sources: map[string]int{"a": 3},
		script: `"$ATOMIZER" init --db "$DB"; "$ATOMIZER" ingest --ack "$IN/a" --db "$DB" >"$OUT/a"; ` + finalize,
	}, {
		name: "checkpoint", database: beside, sources: map[string]int{"a": 40, "b": 3}, begin: `"$ATOMIZER" ingest "$IN/a" --db "$DB"`, openWAL: true,
		script: `"$ATOMIZER" ingest --ack "$IN/b" --db "$DB" >"$OUT/b"; ` + finalize,
	}, {
		name: "one goroutine", database: beside,
		script: asRecorder + `=1 "$RECORDER" >"$OUT/recorder"`,
	}, {
		name: "16 goroutines", database: beside,
		script: asRecorder + `=16 "$RECORDER" >"$OUT/recorder"`,
	},
}

// startItems is the number of items in the playbook that databases start from.
const startItems = 8

func item(n int) string { return fmt.Sprintf("str-%05d", n) }

func key(source string, i int) string { return fmt.Sprintf("%s %d", source, i) }

func startPlaybook() string {
	items := make([]string, startItems)
	for n := range items {
		items[n] = fmt.Sprintf(`"%s": {"category": "str", "content": "advice %d", "created_at": "2025-01-01T00:00:00+00:00"}`, item(n+1), n+1)
	}
	return `{"version": 3, "last_updated": "2025-01-01T00:00:00+00:00", "items": {` + strings.Join(items, ", ") + `}}`
}

// events returns the lines of a file of events: trials, and finalizes that export.
func events(source string, n int) string {
	var lines strings.Builder
	for i := range n {
		if i%5 == 4 {
			fmt.Fprintf(&lines, `{"type": "finalize", "name": "part %d", "key": "%s"}`+"\n", i, key(source, i))
			continue
		}
		fmt.Fprintf(&lines, `{"type": "trial", "trial_number": %d, "success": %t, "key": "%s", "context_items_used": ["%s"], "errors": ["element %d diverged"]}`+"\n",
			i, i%3 > 0, key(source, i), item(1+i%startItems), i%7)
	}
	return lines.String()
}

// stage is where a scenario runs: a folder that loses its power, and folders beside it.
type stage struct {
	scenario
	root, before, in, out, trace string
}

func (s scenario) stage(t *testing.T) stage {
	t.Helper()
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

func (g stage) strace(ctx context.Context) *exec.Cmd {
	return strace(ctx, g.trace, "sh", "-ec", g.script)
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}
