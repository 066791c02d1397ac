package store

// memory is what the writer need not ask again from one transaction to the next.
// It holds as long as only this store writes to the database.
type memory struct {
	version   int64              // SQLite's data_version, which moves when somebody else has written
	changes   int64              // playbook.changes, which moves when items come or go
	items     map[string]Mention // by id: item_no, and whether the playbook has it
	studies   map[string]int64   // by name
	lastTrial map[int64]*int64   // by study: its highest trial number, nil before its first trial

	ledger      bool   // what follows is known
	lastEvent   int64  // the newest event
	folded      int64  // the one that counts are folded in up to
	counts      counts // what events have added
	countedFrom int64  // since this one
}

// remembered bounds how many items the memory holds.
const remembered = 1 << 16

func newMemory(version int64) memory {
	return memory{
		version: version, items: map[string]Mention{}, studies: map[string]int64{}, lastTrial: map[int64]*int64{},
		counts: newCounts(),
	}
}

// forget is for what the memory cannot follow.
func (m *memory) forget() { *m = newMemory(m.version) }

// refresh forgets what may have changed where another connection has written
// since our last transaction, the schema included.
func (t *Tx) refresh(path string) error {
	var version, changes int64
	_, err := t.direct.look(`pragma data_version`, func(r row) { version = r.integer(0) })
	if err != nil || version == t.memory.version {
		return err
	}
	if err := t.checkVersion(path); err != nil {
		return err
	}
	if _, err := t.direct.look(`select changes from playbook`, func(r row) { changes = r.integer(0) }); err != nil {
		return err
	}
	old := *t.memory
	*t.memory = newMemory(version)
	if t.memory.changes = changes; changes == old.changes {
		t.memory.items = old.items
	}
	return nil
}

// itemsChanged forgets what is known of items, here and elsewhere.
func (t *Tx) itemsChanged() error {
	clear(t.memory.items)
	t.memory.changes = 0 // unlike any that is stored, until the next look
	return t.direct.run(`update playbook set changes = changes + 1`)
}

// findLedgerEnd finds the newest event, and how far counts are folded in.
func (t *Tx) findLedgerEnd() error {
	if t.memory.ledger {
		return nil
	}
	_, err := t.direct.look(`select (select ifnull(max(event_id), 0) from ledger), event_id from folded`, func(r row) {
		t.memory.lastEvent, t.memory.folded = r.integer(0), r.integer(1)
		t.memory.countedFrom = t.memory.lastEvent
		t.memory.ledger = true
	})
	return err
}

// isNewTrial tells, mostly without a look into the database, that a study has no
// trial of this number yet: it is higher than all before it. False says nothing.
func (t *Tx) isNewTrial(study, number int64) (bool, error) {
	last, known := t.memory.lastTrial[study]
	if !known {
		_, err := t.direct.look(`select max(trial_number) from ledger where study_id = ? and type = 'trial'`, func(r row) {
			if !r.isNull(0) {
				highest := r.integer(0)
				last = &highest
			}
		}, integer(study))
		if err != nil {
			return false, err
		}
	}
	if last != nil && number <= *last {
		t.memory.lastTrial[study] = last
		return false, nil
	}
	t.memory.lastTrial[study] = &number
	return true, nil
}
