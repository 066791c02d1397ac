package sqlite

import "atomizer-db/store"

func (r *reader) Frames() ([]store.Frame, error) {
	frames := []store.Frame{}
	err := r.list(&frames, `select frame_id, path, format, digest, content from frames order by frame_id`)
	return frames, err
}

func (r *reader) FrameItems() ([]store.FrameItem, error) {
	items := []store.FrameItem{}
	err := r.list(&items, `select frame_id, item_no, id, content from frame_items join item_ids using (item_no) order by frame_id, position`)
	return items, err
}

func (t *writer) SetFrame(f store.Frame, items []store.FrameItem) (err error) {
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
