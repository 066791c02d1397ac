package postgres

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/pressly/goose/v3"

	migrations "atomizer-db/migrations/postgres"
)

// migrate updates the database to this program's schema; created reports whether it had none.
// Several processes may call it at once. They do not lock each other out: those that come too
// late fail on what another one has just created, and look again.
func (s *Store) migrate(ctx context.Context) (created bool, err error) {
	before, err := s.schema(ctx)
	if err != nil {
		return false, err
	}
	for pause := 10 * time.Millisecond; ; pause *= 2 {
		failed := s.migrateUp(ctx)
		schema, err := s.schema(ctx)
		switch {
		case err != nil:
			return false, err
		case schema == migrations.Version:
			return before == 0 && failed == nil, nil
		case schema > migrations.Version:
			return false, newerThanUs(s.path, schema)
		case failed == nil:
			return false, fmt.Errorf("the table gate has schema %d after the migration", schema)
		case pause > time.Second || code(failed) == noPrivilege || code(failed) == diskFull:
			return false, failed
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-time.After(pause/2 + rand.N(pause/2)):
		}
	}
}

// migrateUp runs the migrations that a database lacks, each in a transaction.
func (s *Store) migrateUp(ctx context.Context) error {
	provider, err := goose.NewProvider(goose.DialectPostgres, s.db.DB, migrations.FS,
		goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}
