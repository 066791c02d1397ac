package feedback

import (
	"context"
	"errors"

	"atomizer-db/store"
)

// Twice makes a loop run the function of each update twice, as a database on a server may.
func Twice() Option {
	return func(s *settings) { s.wrap = func(opened store.Database) store.Database { return twice{opened} } }
}

// twice is a database whose updates run their function once in a transaction that is rolled
// back, and once more.
type twice struct{ store.Database }

// refusal is the error of the first transaction.
type refusal struct{}

func (refusal) Error() string { return "refused for the sake of another transaction" }

func (d twice) Update(ctx context.Context, fn func(store.Writer) error) error {
	if err := d.Database.Update(ctx, func(tx store.Writer) error {
		_ = fn(tx) // as far as it gets
		return refusal{}
	}); !errors.Is(err, refusal{}) {
		return err
	}
	return d.Database.Update(ctx, fn)
}
