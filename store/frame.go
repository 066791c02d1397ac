package store

// Frame is a file of another tool that items were imported from.
type Frame struct {
	ID      int64  `db:"frame_id"` // in the order of the first import
	Path    string `db:"path"`     // absolute
	Format  string `db:"format"`
	Digest  []byte `db:"digest"`  // SHA-256 of its bytes
	Content string `db:"content"` // a JSON object: what it holds besides its items
}

// FrameItem is an item as such a file had it when it was last imported.
type FrameItem struct {
	Frame   int64  `db:"frame_id"`
	Item    int64  `db:"item_no"`
	ID      string `db:"id"`      // of the item
	Content string `db:"content"` // a JSON object
}

// Frames lists the files of other tools, in the order in which they were first imported.
func (r *Rx) Frames() ([]Frame, error) {
	frames := []Frame{}
	err := r.list(&frames, `select frame_id, path, format, digest, content from frames order by frame_id`)
	return frames, err
}

// FrameItems lists the items of all such files, file by file, in the order of the file.
func (r *Rx) FrameItems() ([]FrameItem, error) {
	items := []FrameItem{}
	err := r.list(&items, `select frame_id, item_no, id, content from frame_items join item_ids using (item_no) order by frame_id, position`)
	return items, err
}

// SetFrame stores a file with its items. If its ID is 0, it is a new one.
func (t *Tx) SetFrame(f Frame, items []FrameItem) (err error) {
	if f.ID == 0 {
		f.ID, err = t.insert(`insert into frames (path, format, digest, content) values (?, ?, ?, ?)`, f.Path, f.Format, f.Digest, f.Content)
	} else {
		_, err = t.exec(`update frames set path = ?, format = ?, digest = ?, content = ? where frame_id = ?`, f.Path, f.Format, f.Digest, f.Content, f.ID)
	}
	if err != nil {
		return err
	}
	if _, err := t.exec(`delete from frame_items where frame_id = ?`, f.ID); err != nil {
		return err
	}
	for position, item := range items {
		if _, err := t.exec(`insert into frame_items (frame_id, position, item_no, content) values (?, ?, ?, ?)`,
			f.ID, position, item.Item, item.Content); err != nil {
			return err
		}
	}
	return nil
}
