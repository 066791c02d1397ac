package postgres

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

func (w *writer) SetFrame(f store.Frame, items []store.FrameItem) (err error) {
	if f.ID == 0 {
		f.ID, err = w.insert(`
			insert into frames (frame_id, path, format, digest, content)
			select coalesce(max(frame_id), 0) + 1, $1::text, $2::text, $3::bytea, $4::json from frames
			returning frame_id`, f.Path, f.Format, f.Digest, f.Content)
	} else {
		_, err = w.exec(`
			update frames set path = $1::text, format = $2::text, digest = $3::bytea, content = $4::json
			where frame_id = $5::bigint`, f.Path, f.Format, f.Digest, f.Content, f.ID)
	}
	if err != nil {
		return err
	}
	if _, err := w.exec(`delete from frame_items where frame_id = $1::bigint`, f.ID); err != nil {
		return err
	}
	numbers, contents := make([]int64, len(items)), make([]string, len(items))
	for i, item := range items {
		numbers[i], contents[i] = item.Item, item.Content
	}
	_, err = w.exec(`
		insert into frame_items (frame_id, position, item_no, content)
		select $1::bigint, i.nth - 1, i.item_no, i.content::json
		from unnest($2::bigint[], $3::text[]) with ordinality i (item_no, content, nth)
		order by i.nth`, f.ID, numbers, contents)
	return err
}
