package feedback_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"atomizer-db/feedback/event"
)

// transactions returns how many transactions recorded the events of a database: the
// clock is read once in each.
func transactions(t *testing.T, path string) (n int) {
	t.Helper()
	if err := openSQL(t, path).QueryRow(`select count(distinct time_us) from ledger`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAFinalizeEndsItsTransaction(t *testing.T) {
	path := filepath.Join(t.TempDir(), "playbook.db")
	loop := open(t, path)
	answers := apply(t, loop, event.Trial{Number: 1}, event.Summary{}, event.Trial{Number: 2}, event.Trial{Number: 3}, event.Summary{})
	if n := transactions(t, path); n != 2 || len(answers) != 5 {
		t.Errorf("%d transactions, %d answers", n, len(answers))
	}
}

// TestALongBatchIsSeveralTransactions records trials that each name a thousand items,
// which takes longer than one transaction may.
func TestALongBatchIsSeveralTransactions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "playbook.db")
	loop := open(t, path)
	ids := make([]string, 1000)
	for i := range ids {
		ids[i] = fmt.Sprintf("str-%05d", i)
	}
	batch := make([]event.Event, 300)
	for i := range batch {
		batch[i] = event.Trial{Number: int64(i), ContextItems: ids}
	}
	answers := apply(t, loop, batch...)
	if n := transactions(t, path); n < 2 || len(answers) != len(batch) {
		t.Errorf("%d transactions, %d answers", n, len(answers))
	}
}
