package power_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// disk is the history of one folder: every change of its files and names, with the
// syncs that made them durable. It is replayed from a trace.
type disk struct {
	root  string
	names map[string]*name  // by path below root
	syncs map[string][]span // of folders, by path below root; "." is root
}

// name is what a path has led to, in order. The first binding is durable.
type name struct{ bindings []binding }

// binding is the moment from which a name leads to a file, or to none (nil).
type binding struct {
	span
	file *file
}

// file is the content of a file, whatever its names are.
type file struct {
	folder  bool
	start   []byte // durable from the beginning
	changes []change
	syncs   []span
	now     []byte // as programs read it after the last call
	next    int64  // where a write without an offset goes
	appends bool
}

// change is a write, or a truncation where data is nil: the file then ends at offset.
type change struct {
	span
	offset int64
	data   []byte
}

// apply makes a change to content.
func (c change) apply(content []byte) []byte {
	end := c.offset + int64(len(c.data))
	if missing := end - int64(len(content)); missing > 0 {
		content = append(content, make([]byte, missing)...)
	}
	if c.data == nil {
		return content[:c.offset]
	}
	copy(content[c.offset:], c.data)
	return content
}

// newDisk returns the disk with the files that a folder holds, all of them durable.
func newDisk(root string) (*disk, error) {
	d := &disk{root: root, names: map[string]*name{}, syncs: map[string][]span{}}
	files, err := readFolder(root)
	if err != nil {
		return nil, err
	}
	for path, content := range files {
		f := &file{folder: content == nil, start: content, now: bytes.Clone(content)}
		d.names[path] = &name{[]binding{{span{-1, -1}, f}}}
	}
	return d, nil
}

// readFolder returns the files below a folder by path, nil for folders. It leaves out
// SQLite's index of the WAL.
func readFolder(root string) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == root || isIndex(path) {
			return err
		}
		below, err := filepath.Rel(root, path)
		if err != nil || entry.IsDir() {
			files[below] = nil
			return err
		}
		content, err := os.ReadFile(path)
		files[below] = append([]byte{}, content...)
		return err
	})
	return files, err
}

// isIndex reports whether a path is of SQLite's index of the WAL. It is mapped into
// memory, and made anew by who opens the database first.
func isIndex(path string) bool { return strings.HasSuffix(path, "-shm") }

// below returns the path below root that the model follows, "" for all others.
func (d *disk) below(path string) string {
	if path == d.root {
		return "."
	}
	below, ok := strings.CutPrefix(path, d.root+"/")
	if !ok || isIndex(path) {
		return ""
	}
	return below
}

// at returns the file that a path leads to after the last call, nil for none.
func (d *disk) at(path string) *file {
	n := d.names[path]
	if n == nil {
		return nil
	}
	return n.bindings[len(n.bindings)-1].file
}

// files returns all files that paths have ever led to.
func (d *disk) files(paths ...string) (found []*file) {
	for _, path := range paths {
		if n := d.names[path]; n != nil {
			for _, b := range n.bindings {
				if b.file != nil {
					found = append(found, b.file)
				}
			}
		}
	}
	return found
}

func (d *disk) bind(path string, s span, f *file) {
	n := d.names[path]
	if n == nil {
		n = &name{[]binding{{span: span{-1, -1}}}}
		d.names[path] = n
	}
	n.bindings = append(n.bindings, binding{s, f})
}

// replay adds a call to the history. It fails where a call changes the folder in a way
// that the model does not know.
func (d *disk) replay(c call) error {
	switch c.name {
	case "open", "openat", "creat":
		return d.open(c)
	case "write", "pwrite64", "ftruncate":
		return d.change(c)
	case "fsync", "fdatasync":
		d.sync(c)
		return nil
	case "rename", "renameat", "renameat2", "link", "linkat":
		return d.link(c)
	case "mkdir", "mkdirat":
		if path := d.below(paths(c)[0]); path != "" {
			d.bind(path, c.span, &file{folder: true})
		}
		return nil
	case "unlink", "unlinkat", "rmdir":
		if path := d.below(paths(c)[0]); path != "" && d.at(path) != nil {
			d.bind(path, c.span, nil)
		}
		return nil
	}
	for _, arg := range c.args {
		if path := d.below(arg); path != "" {
			return fmt.Errorf("%s of %s: the model does not know this call", c.name, path)
		}
	}
	return nil
}

// paths returns the paths that a call names, those of the calls in "at" joined with
// their folders.
func paths(c call) (found []string) {
	if !strings.Contains(c.name, "at") || c.name == "creat" {
		return c.args
	}
	for i := 0; i+1 < len(c.args); i += 2 {
		path := c.args[i+1]
		if !filepath.IsAbs(path) {
			path = filepath.Join(c.args[i], path)
		}
		found = append(found, path)
	}
	return found
}

func (d *disk) open(c call) error {
	path := d.below(c.result)
	if path == "" || path == "." {
		return nil
	}
	flags := c.name + " " + strings.Join(c.args, " ")
	f := d.at(path)
	if f == nil {
		if !strings.Contains(flags, "O_CREAT") && c.name != "creat" {
			return fmt.Errorf("%s is opened, and the model has no such file", path)
		}
		f = &file{}
		d.bind(path, c.span, f)
	}
	if strings.Contains(flags, "O_TRUNC") || c.name == "creat" {
		f.add(change{c.span, 0, nil})
	}
	f.next, f.appends = 0, strings.Contains(flags, "O_APPEND")
	return nil
}

func (f *file) add(c change) {
	f.changes = append(f.changes, c)
	f.now = c.apply(f.now)
}

func (d *disk) change(c call) error {
	path := d.below(c.args[0])
	if path == "" {
		return nil
	}
	f := d.at(path)
	if f == nil {
		return fmt.Errorf("%s of %s: the model has no such file", c.name, path)
	}
	number := c.args[len(c.args)-1] // an offset, but of write
	if c.name == "write" {
		number = strconv.FormatInt(f.next, 10)
		if f.appends {
			number = strconv.Itoa(len(f.now))
		}
	}
	offset, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return fmt.Errorf("%s of %s: %w", c.name, path, err)
	}
	if c.name == "ftruncate" {
		f.add(change{c.span, offset, nil})
		return nil
	}
	written, err := strconv.Atoi(c.result)
	if err != nil {
		return fmt.Errorf("%s of %s: %w", c.name, path, err)
	}
	f.add(change{c.span, offset, []byte(c.args[1][:written])})
	f.next = offset + int64(written)
	return nil
}

func (d *disk) sync(c call) {
	path := d.below(c.args[0])
	if f := d.at(path); f != nil && !f.folder {
		f.syncs = append(f.syncs, c.span)
	} else if path != "" {
		d.syncs[path] = append(d.syncs[path], c.span)
	}
}

func (d *disk) link(c call) error {
	named := paths(c)
	from, to := d.below(named[0]), d.below(named[1])
	if from == "" && to == "" {
		return nil
	}
	f := d.at(from)
	if f == nil || f.folder || to == "" {
		return fmt.Errorf("%s from %s to %s: the model only knows files within the folder", c.name, named[0], named[1])
	}
	d.bind(to, c.span, f)
	if strings.HasPrefix(c.name, "rename") {
		d.bind(from, c.span, nil)
	}
	return nil
}

// compare compares the model with the folder after the last call: a difference is a
// fault of the model. Empty files are left out, as processes may make and remove lock
// files at the same time.
func (d *disk) compare() error {
	files, err := readFolder(d.root)
	if err != nil {
		return err
	}
	paths := maps.Clone(files)
	for path := range d.names {
		paths[path] = nil
	}
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		var now []byte
		if f := d.at(path); f != nil {
			now = f.now
		}
		if !bytes.Equal(now, files[path]) {
			return fmt.Errorf("%s: the model has %d bytes and the folder %d, or other ones", path, len(now), len(files[path]))
		}
	}
	return nil
}
