package power_test

import (
	"fmt"
	"strings"
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
	killed   string         // a script that is traced like script, before it, and has a process that is
	sync     int            // killed at the beginning of this sync of one of its threads
	script   string
}

// beside is a database beside the playbook.json that it starts from; apart is one in folders
// that its first opening makes.
const (
	beside = "playbook.db"
	apart  = "bracket/3_results/playbook.db"
)

// initialize and finalize are parts of scripts. The shell acknowledges an event whose command
// has ended with exit code 0.
const (
	initialize = `"$ATOMIZER" init --db "$DB"`
	finalize   = `"$ATOMIZER" finalize --key last --db "$DB" >/dev/null; echo last >"$OUT/commands"`
)

// scenarios returns all of them.
func scenarios() []scenario {
	all := []scenario{
		{
			name: "session", database: beside, sources: map[string]int{"a": 40},
			script: `"$ATOMIZER" session --db "$DB" <"$IN/a" >"$OUT/a"`,
		}, {
			name: "two sessions at once", database: beside, sources: map[string]int{"a": 40, "b": 40},
			script: `"$ATOMIZER" session --db "$DB" <"$IN/a" >"$OUT/a" & "$ATOMIZER" session --db "$DB" <"$IN/b" >"$OUT/b"; wait $!`,
		}, {
			name: "finalize with export", database: beside, sources: map[string]int{"a": 40}, begin: `"$ATOMIZER" ingest "$IN/a" --db "$DB"`,
			script: `"$ATOMIZER" finalize --key first --db "$DB" >/dev/null; echo first >"$OUT/first"; ` + finalize,
		}, {
			name: "first opening", database: apart, sources: map[string]int{"a": 3},
			script: initialize + `; "$ATOMIZER" session --db "$DB" <"$IN/a" >"$OUT/a"; ` + finalize,
		}, {
			name: "checkpoint", database: beside, sources: map[string]int{"a": 40, "b": 3}, begin: `"$ATOMIZER" ingest "$IN/a" --db "$DB"`, openWAL: true,
			script: `"$ATOMIZER" session --db "$DB" <"$IN/b" >"$OUT/b"; ` + finalize,
		}, {
			name: "one goroutine", database: beside,
			script: asRecorder + `=1 "$RECORDER" 1 192 5 >"$OUT/recorder"`,
		}, {
			name: "16 goroutines", database: beside,
			script: asRecorder + `=1 "$RECORDER" 16 192 5 >"$OUT/recorder"`,
		},
	}
	for _, sync := range []int{1, 2, 6} {
		all = append(all, killed(sync, apart, "", 5))
	}
	all = append(all, killed(5, beside, initialize, 100))
	for _, sync := range []int{4, 5, 6, 7} { // each of a finalize
		all = append(all, killed(sync, beside, initialize, 0))
	}
	return all
}

// killed returns a scenario in which a process is killed at a sync. The machine goes on, so the
// next process finds all that the first has written, and records the event that had no answer
// once more. After each trials trials comes a finalize.
func killed(sync int, database, begin string, trials int) scenario {
	record := fmt.Sprintf(`record() { `+asRecorder+`=1 "$RECORDER" 1 "$1" %d; }; `, trials)
	return scenario{
		name:     fmt.Sprintf("killed at sync %d of %s, a finalize after %d trials", sync, strings.ReplaceAll(database, "/", " "), trials),
		database: database, begin: begin, sync: sync,
		killed: record + `if record 60 >"$OUT/killed"; then echo "it was not killed" >&2; exit 1; fi`,
		script: record + `record $(($(wc -l <"$OUT/killed") + 1)) >"$OUT/again"`,
	}
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
