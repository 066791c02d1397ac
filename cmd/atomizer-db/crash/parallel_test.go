package crash_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// share returns the trials that one of several processes records. They have keys. Each
// uses item 1, which all processes use, and one item that depends on the process.
func share(process, n int) []string {
	lines := make([]string, n)
	for i := range lines {
		lines[i] = fmt.Sprintf(`{"type": "trial", "trial_number": %d, "success": %t, "key": "%d of %d", "context_items_used": ["%s", "%s"]}`,
			i, i%4 > 0, i, process, item(1), item(2+process%(startItems-1)))
	}
	return lines
}

// recordAtOnce has several processes record n events each at the same time.
func recordAtOnce(t *testing.T, p place, processes, n int) {
	t.Helper()
	clients := make([]*client, processes)
	for i := range clients {
		clients[i] = p.client(t)
	}
	answered := make([]int, processes)
	done := make(chan int)
	for i, c := range clients {
		go func() {
			answered[i] = c.send(share(i, n), 1+8*i%64, 0)
			done <- i
		}()
	}
	for range clients {
		<-done
	}
	for i, c := range clients {
		if err := c.end(); err != nil || answered[i] != n {
			t.Errorf("process %d: %d of %d answers, %v: %s", i, answered[i], n, err, c.stderr.text)
		}
		for line := range strings.Lines(string(c.stderr.text)) {
			if !strings.HasPrefix(line, "new ") {
				t.Errorf("process %d says %s", i, line)
			}
		}
	}
}

// counted compares the counts of items with how often events named them: a quarter
// of the trials failed.
func (p place) counted(t *testing.T, want map[string]int64) {
	t.Helper()
	var items map[string]struct {
		Helpful int64 `json:"helpful_count"`
		Harmful int64 `json:"harmful_count"`
	}
	if err := json.Unmarshal([]byte(p.must(t, "performance", "--json")), &items); err != nil {
		t.Fatal(err)
	}
	for id, uses := range want {
		if i := items[id]; i.Helpful+i.Harmful != uses || i.Harmful*4 != uses {
			t.Errorf("%s: helpful %d, harmful %d, of %d uses", id, i.Helpful, i.Harmful, uses)
		}
	}
}

func TestManyProcessesRecordAtOnce(t *testing.T) {
	for _, test := range []struct {
		name         string
		from         func(*testing.T) place
		processes, n int
	}{
		{"8 processes with 2000 events each", begun, 8, 2000},
		{"24 processes on a new database", begun, 24, 20},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := test.from(t)
			recordAtOnce(t, p, test.processes, test.n)
			p.sound(t)
			var keys, events int
			p.query(t, &keys, `select count(distinct key) from ledger where key like '% of %'`)
			p.query(t, &events, `select count(*) from ledger where key like '% of %'`)
			if want := test.processes * test.n; keys != want || events != want {
				t.Errorf("%d events with %d keys, want %d", events, keys, want)
			}
			var before int64
			p.query(t, &before, `select min(event_id) - 1 from ledger where key like '% of %'`)
			if before > 0 {
				return // the items have earlier counts; check has compared them with the ledger
			}
			uses := map[string]int64{item(1): int64(test.processes * test.n)}
			for i := range test.processes {
				uses[item(2+i%(startItems-1))] += int64(test.n)
			}
			p.counted(t, uses)
		})
	}
}
