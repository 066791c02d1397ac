package crash_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// item returns the id of the nth item in the playbook that studies start from.
func item(n int) string { return fmt.Sprintf("str-%05d", n) }

const startItems = 8

// startPlaybook is the playbook.json that studies start from.
func startPlaybook() string {
	items := make([]string, startItems)
	for n := range items {
		items[n] = fmt.Sprintf(`"%s": {"category": "str", "content": "advice %d", "created_at": "2025-01-01T00:00:00+00:00"}`, item(n+1), n+1)
	}
	return `{"version": 3, "last_updated": "2025-01-01T00:00:00+00:00", "items": {` + strings.Join(items, ", ") + `}}`
}

// events returns the lines of a study: trials, errors, finalizes, a reset, and changes of
// insights and items. They have times, so that every run that records them has the same result.
func events(random *rand.Rand, n int, keyed bool) []string {
	lines := make([]string, n)
	for i := range lines {
		fields := map[string]any{"time": time.Date(2026, 1, 1, 0, 0, i, 0, time.UTC)}
		if keyed {
			fields["key"] = key(i)
		}
		used := []string{}
		for range random.IntN(5) {
			used = append(used, item(1+random.IntN(startItems)))
		}
		switch {
		case i == n/2:
			fields["type"] = "reset"
		case i%(n/5+1) == n/5:
			fields["type"], fields["name"], fields["total_trials"], fields["convergence_rate"] = "finalize", "bracket", i, 0.5
		case i%100 == 33:
			fields["type"] = "commit_insights"
		case n >= 2000 && i%400 == 150:
			fields["type"], fields["item"], fields["into"] = "merge_items", item(2), item(1)
		case n >= 2000 && i%400 == 151:
			fields["type"], fields["item"] = "restore_item", item(2)
		case n >= 2000 && i%400 == 152:
			fields["type"], fields["item"], fields["content"] = "edit_item", item(3), fmt.Sprintf("advice %d of 3", i)
		case i%50 == 7:
			fields["type"], fields["trial_number"], fields["context_items_used"] = "error", i, used
			fields["error_type"], fields["error_message"] = "license", fmt.Sprintf("no seat for user %d", random.IntN(4))
		default:
			fields["type"], fields["trial_number"], fields["context_items_used"] = "trial", i, used
			fields["success"], fields["objective_value"] = random.IntN(4) > 0, random.Float64()
			if fields["success"] == false {
				fields["errors"] = []string{fmt.Sprintf("element %d diverged", random.IntN(6))}
			}
		}
		text, err := json.Marshal(fields)
		if err != nil {
			panic(err)
		}
		lines[i] = string(text)
	}
	return lines
}

func key(i int) string { return fmt.Sprintf("event %d", i) }

// eventFile writes a file of events, outside the place that records them.
func eventFile(t *testing.T, lines []string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "events.jsonl")
	write(t, path, strings.Join(lines, "\n")+"\n")
	return path
}

// begun returns a place with a playbook.json but no database yet.
func begun(t *testing.T) place {
	t.Helper()
	p := newPlace(t)
	write(t, p.playbook(), startPlaybook())
	return p
}

// studied returns a place whose database contains n events.
func studied(t *testing.T, n int) place {
	t.Helper()
	p := begun(t)
	p.must(t, "ingest", "--source", "events", eventFile(t, events(choices(t), n, false)))
	return p
}
