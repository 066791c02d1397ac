package store

// memory is what the writer need not ask again from one transaction to the next.
// It holds as long as only this store writes to the database.
type memory struct {
	version   int64              // SQLite's data_version, which moves when somebody else has written
	items     map[string]Mention // by id: item_no, and whether the playbook has it
	studies   map[string]int64   // by name
	lastEvent *int64
	lastTrial map[int64]*int64 // by study: its highest trial number, nil before its first trial
}

// remembered bounds how many items the memory holds.
const remembered = 1 << 16

func newMemory(version int64) memory {
	return memory{version: version, items: map[string]Mention{}, studies: map[string]int64{}, lastTrial: map[int64]*int64{}}
}

// forget is for what the memory cannot follow.
func (m *memory) forget() { *m = newMemory(m.version) }

// nextEvent gives out an event_id.
func (t *Tx) nextEvent() (int64, error) {
	if t.memory.lastEvent == nil {
		last, err := t.LastEvent()
		if err != nil {
			return 0, err
		}
		t.memory.lastEvent = &last
	}
	*t.memory.lastEvent++
	return *t.memory.lastEvent, nil
}

// isNewTrial tells, mostly without a look into the database, that a study has no
// trial of this number yet: it is higher than all before it. False says nothing.
func (t *Tx) isNewTrial(study, number int64) (bool, error) {
	last, known := t.memory.lastTrial[study]
	if !known {
		if _, err := t.get(&last, `select max(trial_number) from ledger where study_id = ? and type = 'trial'`, study); err != nil {
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
