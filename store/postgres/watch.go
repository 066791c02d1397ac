package postgres

import (
	"context"

	"atomizer-db/store"
)

// watch notices that the database has changed, whoever changed it. It holds no connection
// while it waits, so that a lost one is an error of one look only.
type watch struct {
	store *Store
	seen  *state // nil: before the first look
}

// state tells two states of a database apart. Each commit raises one of its numbers, and
// none sinks alone:
//
//   - Folding adds to folded.
//   - Recording adds to unfolded, until folding raises folded.
//   - Any other change is made by a transaction that is ordered, and adds to changes, as it
//     locks the row of fold.
//   - Only a new study needs no order. Its number is the highest plus one: two transactions cannot
//     both add the same one, so the highest number rises with each.
//   - Another program that migrates the database raises schema.
//
// The statement reads them in one snapshot. It takes the time to count what is not folded:
// nothing in it depends on how much is. PostgreSQL's own numbers of transactions would do it
// as well, but those of all databases of a server are one sequence, and other engines with the same
// protocol, and servers that follow another one, do not have them in a form that is exact.
type state struct {
	Folded   int64 `db:"folded"`
	Unfolded int64 `db:"unfolded"`
	Changes  int64 `db:"changes"`
	Study    int64 `db:"study"`
	Schema   int64 `db:"schema"`
}

const selectState = `
	select f.last_event as folded, (select count(*) from unfolded) as unfolded, f.changes,
		(select coalesce(max(study_id), 0) from folded_studies) as study, g.schema::bigint as schema
	from fold f
	cross join gate g`

// Watch looks for changes through the connections of the store.
func (s *Store) Watch(context.Context) (store.Watch, error) {
	if !s.calls.Begin() {
		return nil, closed(s.path)
	}
	defer s.calls.Done()
	return &watch{store: s}, nil
}

// Changed reports whether anything was committed since the last look that succeeded. After an
// error it may be called again: nothing is missed.
func (w *watch) Changed(ctx context.Context) (bool, error) {
	s := w.store
	if !s.calls.Begin() {
		return false, closed(s.path)
	}
	defer s.calls.Done()
	var now state
	if err := s.db.GetContext(ctx, &now, selectState); err != nil {
		return false, s.explain(err)
	}
	changed := w.seen == nil || *w.seen != now
	w.seen = &now
	return changed, nil
}

// Close has nothing to close: the connections are the store's.
func (w *watch) Close() error { return nil }
