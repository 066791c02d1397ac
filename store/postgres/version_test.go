package postgres_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"atomizer-db/store"
	"atomizer-db/store/postgres"
	"atomizer-db/store/postgres/pgtest"
)

// TestANewerVersionMigratesWhileThisOneRecords lets the schema become newer under an open store,
// between two trials and within one.
func TestANewerVersionMigratesWhileThisOneRecords(t *testing.T) {
	address := pgtest.Address(t)
	s := open(t, address)
	s.StopFolding()
	trial := func(number int64, during func()) error {
		return s.Update(t.Context(), func(w store.Writer) error {
			if err := record(w, []int64{number}); err != nil {
				return err
			}
			during()
			return nil
		})
	}
	if err := trial(1, func() {}); err != nil {
		t.Fatal(err)
	}
	other, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close(t.Context())
	migrate := func(to int) {
		if _, err := other.Exec(t.Context(), `update gate set schema = $1`, to); err != nil {
			t.Error(err)
		}
	}
	refused := func(when string, err error) {
		t.Helper()
		if !errors.Is(err, store.ErrNewer) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", when, err)
		}
	}

	migrate(7)
	refused("a trial after it", trial(2, func() {}))
	refused("a question after it", s.View(t.Context(), func(store.Reader) error { return nil }))
	_, err = postgres.Open(t.Context(), address, true)
	refused("a store that is opened after it", err)
	migrate(6)

	within := false
	err = trial(3, func() {
		if !within {
			within = true
			migrate(7)
		}
	})
	if err != nil && !errors.Is(err, store.ErrNewer) {
		t.Errorf("a trial during it: %v", err)
	}
	migrate(6)
	numbers := set(1)
	if err == nil { // it came before the migration
		numbers[3] = true
	}
	recordedOnce(t, address, numbers)
}
