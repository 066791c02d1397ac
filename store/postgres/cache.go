package postgres

import "sync"

// cache is what a store remembers between its transactions. It is valid for one epoch: the
// row of the table gate has another one as soon as the playbook's items, or the names or
// directions of studies change.
type cache struct {
	mutex   sync.RWMutex
	epoch   int64
	items   map[string]item  // by id
	studies map[string]int64 // numbers by name
	given   map[int64]string // directions that somebody gave, by study
}

// item is what recording needs to know about an id.
type item struct {
	no   int64
	live bool // the item is in the playbook
}

// cachedItems bounds the number of items in the cache.
const cachedItems = 1 << 16

// learned is what a transaction found out. It goes into the cache when it is committed.
type learned struct {
	items   map[string]item
	studies map[string]int64
	given   map[int64]string
}

func newLearned() learned {
	return learned{items: map[string]item{}, studies: map[string]int64{}, given: map[int64]string{}}
}

// remember adds what a committed transaction learned at an epoch.
func (c *cache) remember(epoch int64, l learned) {
	if len(l.items)+len(l.studies)+len(l.given) == 0 {
		return
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if epoch < c.epoch {
		return
	}
	if epoch > c.epoch || c.items == nil || len(c.items) > cachedItems {
		c.epoch, c.items, c.studies, c.given = epoch, map[string]item{}, map[string]int64{}, map[int64]string{}
	}
	for id, i := range l.items {
		c.items[id] = i
	}
	for name, study := range l.studies {
		c.studies[name] = study
	}
	for study, direction := range l.given {
		c.given[study] = direction
	}
}

// forget empties the cache.
func (c *cache) forget() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.epoch, c.items, c.studies, c.given = 0, nil, nil, nil
}

// cachedItem finds an item that this transaction or an earlier one of its epoch looked up.
func (w *writer) cachedItem(id string) (i item, known bool) {
	if i, known = w.learned.items[id]; known || w.changed {
		return i, known
	}
	c := &w.store.cache
	c.mutex.RLock()
	defer c.mutex.RUnlock()
	if c.epoch == w.epoch {
		i, known = c.items[id]
	}
	return i, known
}

// cachedStudy finds a study that this transaction or an earlier one of its epoch looked up.
func (w *writer) cachedStudy(name string) (id int64, known bool) {
	if id, known = w.learned.studies[name]; known || w.changed {
		return id, known
	}
	c := &w.store.cache
	c.mutex.RLock()
	defer c.mutex.RUnlock()
	if c.epoch == w.epoch {
		id, known = c.studies[name]
	}
	return id, known
}

// cachedDirection finds the direction that somebody gave a study, "" for none.
func (w *writer) cachedDirection(study int64) (direction string, known bool) {
	if direction, known = w.learned.given[study]; known || w.changed {
		return direction, known
	}
	c := &w.store.cache
	c.mutex.RLock()
	defer c.mutex.RUnlock()
	if c.epoch == w.epoch {
		direction, known = c.given[study]
	}
	return direction, known
}

// change begins a new epoch with this transaction, because it changes what others
// remember. Transactions that record at the same time fail and are tried again.
func (w *writer) change() error {
	if w.changed {
		return nil
	}
	if err := w.order(); err != nil {
		return err
	}
	w.changed, w.learned = true, newLearned()
	_, err := w.get(&w.epoch, `update gate set epoch = epoch + 1 returning epoch`)
	return err
}
