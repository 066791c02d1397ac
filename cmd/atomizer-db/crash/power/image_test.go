package power_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// sector is the number of bytes that a disk writes whole or not at all.
const sector = 512

// cut is a power cut: it says what the disk holds after it. An image depends on the
// trace and on these choices alone.
type cut struct {
	line   int // of the trace: it and what follows never happened
	keeps  string
	random *rand.Rand
	forget func(*file) bool // whether syncs of a file do nothing, of all folders where it is nil
}

// honest forgets nothing.
func honest(*file) bool { return false }

// What a cut leaves of what was not synced.
const (
	nothing    = "nothing"
	everything = "everything, the last write perhaps torn,"
	some       = "some"
)

// choose returns a cut somewhere in a trace, half of the time at a decisive call.
func choose(random *rand.Rand, calls, decisive []call) cut {
	c := cut{random: random, keeps: []string{nothing, everything, some, some}[random.IntN(4)], forget: honest}
	if random.IntN(2) == 0 {
		calls = decisive
	}
	at := calls[random.IntN(len(calls))]
	c.line = []int{at.begins, at.begins + 1, at.ends + 1}[random.IntN(3)]
	return c
}

func (c cut) String() string {
	return fmt.Sprintf("the power cut before line %d of the trace, after which %s survives that was not synced", c.line+1, c.keeps)
}

// share returns how likely a change is to survive, for one file.
func (c cut) share() float64 {
	switch c.keeps {
	case nothing:
		return 0
	case everything:
		return 1
	default:
		return []float64{0, 1, c.random.Float64()}[c.random.IntN(3)]
	}
}

// image is the content of a folder after a power cut: nil for folders.
type image map[string][]byte

// image returns what a cut leaves of the disk.
func (c cut) image(d *disk) image {
	files, last := map[string]*file{}, 0
	for _, path := range slices.Sorted(maps.Keys(d.names)) {
		f := c.file(d, path)
		if f == nil {
			continue
		}
		files[path] = f
		for _, change := range f.changes {
			if change.begun(c.line) {
				last = max(last, change.begins)
			}
		}
	}
	found, contents := image{}, map[*file][]byte{}
	for _, path := range slices.Sorted(maps.Keys(files)) { // a folder before what is in it
		f := files[path]
		if parent := filepath.Dir(path); parent != "." && (files[parent] == nil || !files[parent].folder) {
			delete(files, path)
			continue
		}
		if _, ok := contents[f]; !ok {
			contents[f] = c.content(f, last)
		}
		found[path] = contents[f]
	}
	return found
}

// file returns the file that a name leads to after the cut: the last binding that a
// sync of its folder made durable, or any later one.
func (c cut) file(d *disk, path string) *file {
	folder := filepath.Dir(path)
	bindings := d.names[path].bindings
	durable, last := 0, 0
	for i, b := range bindings {
		if !b.begun(c.line) {
			break
		}
		last = i
		for _, s := range d.syncs[folder] {
			if s.over(c.line) && b.before(s) && !c.forget(nil) {
				durable = i
			}
		}
	}
	switch c.keeps {
	case nothing:
		return bindings[durable].file
	case everything:
		return bindings[last].file
	default:
		return bindings[durable+c.random.IntN(last-durable+1)].file
	}
}

// content returns what a file holds after the cut: what was synced, and a share of the
// rest. Of the disk's last write, which begins at line last, and of some others, only
// some sectors survive.
func (c cut) content(f *file, last int) []byte {
	if f.folder {
		return nil
	}
	share := c.share()
	content := append([]byte{}, f.start...)
	for _, change := range f.changes {
		switch {
		case !change.begun(c.line):
		case c.synced(f, change):
			content = change.apply(content)
		case c.random.Float64() >= share:
		case change.begins == last && c.random.IntN(2) == 0, c.keeps == some && c.random.IntN(8) == 0:
			content = c.tear(change, content)
		default:
			content = change.apply(content)
		}
	}
	return content
}

func (c cut) synced(f *file, change change) bool {
	return slices.ContainsFunc(f.syncs, func(s span) bool {
		return change.before(s) && s.over(c.line) && !c.forget(f)
	})
}

// tear makes a change in some sectors: the first ones, or any.
func (c cut) tear(whole change, content []byte) []byte {
	inOrder := c.random.IntN(2) == 0
	for at := 0; at < len(whole.data); {
		end := min(len(whole.data), at+sector-int(whole.offset+int64(at))%sector)
		if c.random.IntN(2) == 0 {
			part := change{offset: whole.offset + int64(at), data: whole.data[at:end]}
			content = part.apply(content)
		} else if inOrder {
			break
		}
		at = end
	}
	return content
}

// write writes an image to a folder, which it makes.
func (i image) write(t *testing.T, folder string) {
	t.Helper()
	if err := os.MkdirAll(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, path := range slices.Sorted(maps.Keys(i)) {
		if at := filepath.Join(folder, path); i[path] != nil {
			write(t, at, string(i[path]))
		} else if err := os.Mkdir(at, 0o777); err != nil {
			t.Fatal(err)
		}
	}
}
