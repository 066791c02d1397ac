package power_test

import (
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
)

// control is a disk that lies: it reports that it has synced some files, and has not.
// The test has to find what that loses, or it would find no mistake of the program either.
type control struct {
	name   string
	forget func(*run) func(*file) bool
	found  atomic.Bool
}

func controls() []*control {
	return []*control{
		{name: "the database and its WAL", forget: func(r *run) func(*file) bool {
			return among(r.disk.files(r.database, r.database+"-wal"))
		}},
		{name: "playbook.json", forget: func(r *run) func(*file) bool { return among(r.disk.files(r.playbook())) }},
		{name: "folders", forget: func(*run) func(*file) bool { return func(f *file) bool { return f == nil } }},
	}
}

func among(files []*file) func(*file) bool {
	return func(f *file) bool { return slices.Contains(files, f) }
}

// look looks for an image of a run that does not meet the demands, unless another run
// has given one.
func (l *control) look(t *testing.T, r *run) {
	t.Helper()
	for n := range images() {
		if l.found.Load() {
			return
		}
		c := choose(rand.New(rand.NewPCG(*seed, uint64(n))), r.calls, r.decisive)
		c.forget = l.forget(r)
		folder := t.TempDir()
		i := c.image(r.disk)
		i.write(t, folder)
		if err := r.examine(t.Context(), c, i, folder); err != nil {
			l.found.Store(true)
			t.Logf("a disk that does not sync %s: %v: %v", l.name, c, err)
		}
	}
}
