package postgres_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"

	"atomizer-db/store"
)

// othersFold keeps the order of events, as one who folds does, until the returned function is called.
func othersFold(t *testing.T, conn *pgx.Conn) (end func()) {
	t.Helper()
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `select 1 from fold for update`); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := tx.Rollback(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	}
}

// until waits until a statement returns true.
func until(t *testing.T, conn *pgx.Conn, statement string) {
	t.Helper()
	for is := false; !is; {
		if err := conn.QueryRow(t.Context(), statement).Scan(&is); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAFolderThatWasLateFoldsLater has others fold, who do not see the last event.
func TestAFolderThatWasLateFoldsLater(t *testing.T) {
	t.Parallel()
	address := contractTemplate.Address(t)
	other, observer := connect(t, address), connect(t, address)
	s := open(t, address)
	end := othersFold(t, other)
	if err := recordIn(s, from(1, 1)); err != nil {
		t.Fatal(err)
	}
	until(t, observer, `select exists (select 1 from pg_stat_activity where datname = current_database() and state = 'idle' and query = 'rollback')`)
	end()
	until(t, observer, `select not exists (select 1 from unfolded)`)
}

// TestAStoreThatIsClosedFoldsWhenOthersAreDone closes a store while others fold.
func TestAStoreThatIsClosedFoldsWhenOthersAreDone(t *testing.T) {
	t.Parallel()
	address := contractTemplate.Address(t)
	other, observer := connect(t, address), connect(t, address)
	s := open(t, address)
	end := othersFold(t, other)
	if err := recordIn(s, from(1, 1)); err != nil {
		t.Fatal(err)
	}
	closed := make(chan error)
	go func() { closed <- s.Close() }()
	for !errors.Is(s.View(t.Context(), func(store.Reader) error { return nil }), store.ErrClosed) {
	}
	end()
	if err := <-closed; err != nil {
		t.Error(err)
	}
	var unfolded int
	if err := observer.QueryRow(t.Context(), `select count(*) from unfolded`).Scan(&unfolded); err != nil || unfolded > 0 {
		t.Errorf("%d events are not folded, %v", unfolded, err)
	}
}
