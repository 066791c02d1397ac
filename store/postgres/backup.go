package postgres

import (
	"context"

	"atomizer-db/store"
)

// Backup names PostgreSQL's own program: it copies everything that a database has, and its
// copies can be restored on any later version.
func (s *Store) Backup(context.Context, string, bool) error {
	return store.FailAt(s.path, store.ErrUnsupported, "%s is copied by PostgreSQL's own program: use `pg_dump --format=custom --file=FILE %s`", s.path, s.path)
}
