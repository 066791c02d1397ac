package store

// cache is what the writer knows from one transaction to the next. It is valid as
// long as no other connection writes to the database.
type cache struct {
	version   int64            // SQLite's data_version, which changes when another connection has written
	items     map[string]item  // by id
	studies   map[string]int64 // numbers by name
	lastTrial map[int64]*int64 // highest trial numbers by study, nil before a study's first trial
	lastEvent int64            // the newest event, where known
	known     bool             // lastEvent is known
}

// item is what recording has to know of an id.
type item struct {
	no      int64
	arrived bool // the playbook has or had it
	live    bool // the playbook has it
}

// cachedItems bounds the number of items in the cache.
const cachedItems = 1 << 16

func newCache(version int64) cache {
	return cache{version: version, items: map[string]item{}, studies: map[string]int64{}, lastTrial: map[int64]*int64{}}
}

// forget empties the cache.
func (c *cache) forget() { *c = newCache(c.version) }

// refresh empties the cache where another connection has written since the last
// transaction, and finds out whether that changed the schema.
func (t *Tx) refresh(path string) error {
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

// itemsChanged forgets the items, because one came, went or came back.
func (t *Tx) itemsChanged() { clear(t.cache.items) }

// lastEvent returns the newest event, 0 before the first.
func (t *Tx) lastEvent() (int64, error) {
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
// study, so that the study cannot have it yet.
func (t *Tx) isNewTrial(study, number int64) (bool, error) {
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
