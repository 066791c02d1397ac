package sqlite

// cache is what the writer remembers between its transactions. It is valid as long
// as no other connection writes to the database.
type cache struct {
	version   int64            // SQLite's data_version, which changes when another connection has written
	items     map[string]item  // by id
	studies   map[string]int64 // numbers by name
	given     map[int64]string // directions that somebody gave, by study
	lastTrial map[int64]*int64 // highest trial numbers by study, nil before a study's first trial
	lastEvent int64            // the newest event, if known is true
	known     bool             // lastEvent is valid
}

// item is what recording needs to know about an id.
type item struct {
	no      int64
	arrived bool // the item exists, live or retired
	live    bool // the item is in the playbook
}

// cachedItems bounds the number of items in the cache.
const cachedItems = 1 << 16

func newCache(version int64) cache {
	return cache{version: version, items: map[string]item{}, studies: map[string]int64{}, given: map[int64]string{}, lastTrial: map[int64]*int64{}}
}

// forget empties the cache.
func (c *cache) forget() { *c = newCache(c.version) }

// refresh empties the cache if another connection has written since the last
// transaction. It returns an error if the schema has changed.
func (t *writer) refresh(path string) error {
	var version int64
	if _, err := t.get(&version, `pragma data_version`); err != nil || version == t.cache.version {
		return err
	}
	if err := t.checkVersion(path); err != nil {
		return err
	}
	*t.cache = newCache(version)
	return nil
}

// itemsChanged removes the items from the cache, because one was added, retired or
// restored.
func (t *writer) itemsChanged() { clear(t.cache.items) }

// lastEvent returns the newest event, 0 before the first.
func (t *writer) lastEvent() (int64, error) {
	if t.cache.known {
		return t.cache.lastEvent, nil
	}
	last, err := t.LastEvent()
	if err == nil {
		t.cache.lastEvent, t.cache.known = last, true
	}
	return last, err
}

// isNewTrial reports whether a trial number is higher than all earlier ones of the
// study, so that no attempt at it exists.
func (t *writer) isNewTrial(study, number int64) (bool, error) {
	last, known := t.cache.lastTrial[study]
	if !known {
		if _, err := t.get(&last, `select max(trial_number) from ledger where study_id = ? and type = 'trial'`, study); err != nil {
			return false, err
		}
	}
	isNew := last == nil || number > *last
	if isNew {
		last = &number
	}
	t.cache.lastTrial[study] = last
	return isNew, nil
}
