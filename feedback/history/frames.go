package history

import (
	"bytes"
	"path/filepath"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/history/frame"
	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// A file of another tool holds more than the playbook has fields for. The database keeps
// this frame for each file, and each item as the file had it: so a newer version of the
// file can be told from what changed here, and the file can be written again.

// imported is an item as a file had it.
type imported struct {
	ID           string         `json:"id"`
	Nameless     bool           `json:"nameless,omitzero"`
	Category     string         `json:"category"`
	Content      string         `json:"content"`
	Helpful      int64          `json:"helpful_count"`
	Harmful      int64          `json:"harmful_count"`
	CreatedAt    string         `json:"created_at,omitzero"`
	LastUsed     *string        `json:"last_used,omitzero"`
	SourceTrials []int64        `json:"source_trials,omitempty"`
	Tags         []string       `json:"tags,omitempty"`
	Archived     bool           `json:"archived,omitzero"`
	Fields       jsontext.Value `json:"fields,omitzero"` // unknown fields of a playbook.json
	Origin       jsontext.Value `json:"origin,omitzero"` // what only the format of the file has
}

func newImported(item playbook.Item) (i imported, err error) {
	i = imported{
		ID: item.ID, Nameless: item.Nameless, Category: string(item.Category), Content: item.Content, Helpful: item.Helpful, Harmful: item.Harmful,
		CreatedAt: item.CreatedAt, LastUsed: item.LastUsed, SourceTrials: item.SourceTrials, Tags: item.Tags, Archived: item.Archived, Origin: item.Origin,
	}
	if len(item.Extra) > 0 {
		text, err := playbook.MarshalMembers(item.Extra)
		if err != nil {
			return i, err
		}
		i.Fields = jsontext.Value(text)
	}
	return i, nil
}

// members returns the unknown fields of the item.
func (i imported) members() (playbook.Object, error) {
	if i.Fields == nil {
		return nil, nil
	}
	return playbook.ParseMembers(string(i.Fields))
}

// head is what a playbook.json holds besides its items: its frame.
type head struct {
	Version     int64          `json:"version"`
	CreatedAt   string         `json:"created_at"`
	LastUpdated string         `json:"last_updated"`
	Fields      jsontext.Value `json:"fields"` // unknown ones
}

func newHead(book playbook.File) (jsontext.Value, error) {
	fields, err := playbook.MarshalMembers(book.Extra)
	if err != nil {
		return nil, err
	}
	return json.Marshal(head{book.Version, book.CreatedAt, book.LastUpdated, jsontext.Value(fields)})
}

func (h head) members() (playbook.Object, error) {
	if h.Fields == nil {
		return nil, nil
	}
	return playbook.ParseMembers(string(h.Fields))
}

// withForm is the part of every frame that says how its file is written.
type withForm struct {
	Form frame.Form `json:"form"`
}

// newFrame returns what a file holds besides its items, with its form.
func newFrame(file *File) (content jsontext.Value, err error) {
	if content = file.book.Frame; content == nil {
		if content, err = newHead(file.book); err != nil {
			return nil, err
		}
	}
	form := frame.FormOf(file.raw, file.Format.isJSON())
	if form == (frame.Form{}) {
		return content, nil
	}
	members, err := playbook.ParseMembers(string(content))
	if err != nil {
		return nil, err
	}
	value, err := json.Marshal(form)
	if err != nil {
		return nil, err
	}
	text, err := playbook.MarshalMembers(append(members, playbook.Member{Name: "form", Value: value}))
	return jsontext.Value(text), err
}

// frames are the files of other tools that items were imported from.
type frames struct {
	list  []store.Frame
	items map[int64][]framedItem // by frame, in the order of the file
}

// framedItem is an item of a file.
type framedItem struct {
	no int64
	imported
}

func readFrames(rx store.Reader) (f frames, err error) {
	if f.list, err = rx.Frames(); err != nil {
		return f, err
	}
	rows, err := rx.FrameItems()
	if err != nil {
		return f, err
	}
	f.items = map[int64][]framedItem{}
	for _, row := range rows {
		item := framedItem{no: row.Item}
		if err := json.Unmarshal([]byte(row.Content), &item.imported); err != nil {
			return f, store.Inconsistent("item %d of the imported file %d: %v", row.Item, row.Frame, err)
		}
		f.items[row.Frame] = append(f.items[row.Frame], item)
	}
	return f, nil
}

// of returns the frame of a file: that of its path, or of a file with the same content.
func (f frames) of(path string, digest []byte) (frame store.Frame, found bool) {
	for _, frame := range f.list {
		if frame.Path == path {
			return frame, true
		}
	}
	for _, frame := range f.list {
		if bytes.Equal(frame.Digest, digest) {
			return frame, true
		}
	}
	return store.Frame{}, false
}

// latest returns each item as the file had it that was imported last. The given frame
// takes precedence, and what only the format of another file has is left out.
func (f frames) latest(first int64) map[int64]imported {
	latest := map[int64]imported{}
	for _, frame := range f.list {
		for _, item := range f.items[frame.ID] {
			item.Origin = nil
			latest[item.no] = item.imported
		}
	}
	for _, item := range f.items[first] {
		latest[item.no] = item.imported
	}
	return latest
}

// named finds a frame by the path of its file, or by the end of the path.
func (f frames) named(name string) (frame store.Frame, err error) {
	path, err := filepath.Abs(name)
	if err != nil {
		return frame, err
	}
	var found []store.Frame
	var paths, foundPaths []string
	for _, frame := range f.list {
		if frame.Path == path {
			return frame, nil
		}
		if frame.Path == name || strings.HasSuffix(filepath.ToSlash(frame.Path), "/"+filepath.ToSlash(filepath.Clean(name))) {
			found, foundPaths = append(found, frame), append(foundPaths, frame.Path)
		}
		paths = append(paths, frame.Path)
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return frame, store.Fail(store.ErrNotFound, "several imported files are named %q: give the whole path of one of %s", name, strings.Join(foundPaths, ", "))
	case len(paths) == 0:
		return frame, store.Fail(store.ErrNotFound, "no playbook of another tool was imported")
	}
	return frame, store.Fail(store.ErrNotFound, "no file %q was imported; these were: %s", name, strings.Join(paths, ", "))
}
