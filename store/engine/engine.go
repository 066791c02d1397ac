// Package engine opens databases by their address: PostgreSQL for one that begins with
// postgres:// or postgresql://, SQLite for the path of a file.
package engine

import (
	"context"

	"atomizer-db/store"
	"atomizer-db/store/sqlite"
)

// Open opens the database at an address for reading and writing. If it does not exist, Open
// creates it if create is true, and returns [store.ErrNoDatabase] otherwise. It migrates a
// database with an older schema.
func Open(ctx context.Context, address string, create bool, options ...store.Option) (store.Database, error) {
	opened, err := sqlite.Open(ctx, address, create, options...)
	if err != nil {
		return nil, err
	}
	return opened, nil
}

// OpenReadOnly opens an existing database on connections that cannot write. It returns
// [store.ErrOutdated] for an older schema, which [Open] migrates.
func OpenReadOnly(ctx context.Context, address string, options ...store.Option) (store.Database, error) {
	opened, err := sqlite.OpenReadOnly(ctx, address, options...)
	if err != nil {
		return nil, err
	}
	return opened, nil
}

// Examples are questions worth asking of any study, in the SQL of the engine of an address.
func Examples(string) []store.Example { return sqlite.Examples }
