package postgres

import (
	"maps"
	"sync"
)

// cache is what a store remembers between its transactions. It is valid for one epoch: the
// row of the table gate has another one as soon as the playbook's items, or the names or
// directions of studies change.
type cache struct {
	mutex sync.RWMutex
	epoch int64
	known learned
}

// learned is what a transaction found out. It goes into the cache when it is committed.
type learned struct {
	items   map[string]item  // by id
	studies map[string]int64 // numbers by name
	given   map[int64]string // directions that somebody gave, by study; "" for none
}

// item is what recording needs to know about an id.
type item struct {
	no   int64
	live bool // the item is in the playbook
}

// cachedItems bounds the number of items in the cache.
const cachedItems = 1 << 16

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
	if epoch > c.epoch || c.known.items == nil || len(c.known.items) > cachedItems {
		c.epoch, c.known = epoch, newLearned()
	}
	maps.Copy(c.known.items, l.items)
	maps.Copy(c.known.studies, l.studies)
	maps.Copy(c.known.given, l.given)
}

// forget empties the cache.
func (c *cache) forget() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.epoch, c.known = 0, learned{}
}

// recall finds what this transaction or an earlier one of its epoch found out about a key.
func recall[K comparable, V any](w *writer, of func(learned) map[K]V, key K) (value V, known bool) {
	if value, known = of(w.learned)[key]; known || w.changed {
		return value, known
	}
	c := &w.store.cache
	c.mutex.RLock()
	defer c.mutex.RUnlock()
	if c.epoch == w.epoch {
		value, known = of(c.known)[key]
	}
	return value, known
}

func (w *writer) cachedItem(id string) (i item, known bool) {
	return recall(w, func(l learned) map[string]item { return l.items }, id)
}

func (w *writer) cachedStudy(name string) (id int64, known bool) {
	return recall(w, func(l learned) map[string]int64 { return l.studies }, name)
}

func (w *writer) cachedDirection(study int64) (direction string, known bool) {
	return recall(w, func(l learned) map[int64]string { return l.given }, study)
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
