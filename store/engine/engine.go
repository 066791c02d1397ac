// Package engine opens databases by their address: PostgreSQL for one that begins with
// postgres:// or postgresql://, SQLite for the path of a file.
package engine

import (
	"context"

	"atomizer-db/migrations"
	"atomizer-db/store"
	"atomizer-db/store/postgres"
	"atomizer-db/store/sqlite"
)

// IsAddress reports whether a path is the address of a database on a server.
func IsAddress(path string) bool { return postgres.IsAddress(path) }

// Shown returns an address as it may be shown, without its password. A path is shown as it
// is.
func Shown(address string) string {
	if IsAddress(address) {
		return postgres.Shown(address)
	}
	return address
}

// Name returns the name of the engine of an address.
func Name(address string) string {
	if IsAddress(address) {
		return "PostgreSQL"
	}
	return "SQLite"
}

// Views are the views of a database that questions may ask, as the engine of an address has
// them.
func Views(address string) []migrations.View {
	if IsAddress(address) {
		return migrations.PostgreSQLViews()
	}
	return migrations.Views()
}

// Open opens the database at an address for reading and writing. If it does not exist, Open
// creates it if create is true, and returns [store.ErrNoDatabase] otherwise. It migrates a
// database with an older schema.
func Open(ctx context.Context, address string, create bool, options ...store.Option) (store.Database, error) {
	if IsAddress(address) {
		opened, err := postgres.Open(ctx, address, create, options...)
		if err != nil {
			return nil, err
		}
		return opened, nil
	}
	opened, err := sqlite.Open(ctx, address, create, options...)
	if err != nil {
		return nil, err
	}
	return opened, nil
}

// OpenReadOnly opens an existing database on connections that cannot write. It returns
// [store.ErrOutdated] for an older schema, which [Open] migrates.
func OpenReadOnly(ctx context.Context, address string, options ...store.Option) (store.Database, error) {
	if IsAddress(address) {
		opened, err := postgres.OpenReadOnly(ctx, address, options...)
		if err != nil {
			return nil, err
		}
		return opened, nil
	}
	opened, err := sqlite.OpenReadOnly(ctx, address, options...)
	if err != nil {
		return nil, err
	}
	return opened, nil
}

// Examples are questions worth asking of any study, in the SQL of the engine of an address.
func Examples(address string) []store.Example {
	if IsAddress(address) {
		return postgres.Examples
	}
	return sqlite.Examples
}
