package postgres

func (r *reader) LiveItemFor(category string, fingerprint []byte) (item int64, found bool, err error) {
	if item, found, err = r.LiveItemLike(category, fingerprint); err != nil || found {
		return item, found, err
	}
	found, err = r.get(&item, `
		select t.item_no
		from item_texts t
		join items i using (item_no)
		where t.category = $1 and t.fingerprint = $2::bytea and i.retirement_id is null
		order by i.arrival
		limit 1`, category, fingerprint)
	return item, found, err
}

func (w *writer) AddItemText(item int64, category string, fingerprint []byte, event int64) error {
	_, err := w.exec(`
		insert into item_texts (category, fingerprint, item_no, event_id) values ($1, $2::bytea, $3, $4)
		on conflict do nothing`, category, fingerprint, item, event)
	return err
}

func (w *writer) CopyItemTexts(from, to, event int64) error {
	_, err := w.exec(`
		insert into item_texts (category, fingerprint, item_no, event_id)
		select category, fingerprint, $2::bigint, $3::bigint from item_texts where item_no = $1
		union
		select category, fingerprint, $2::bigint, $3::bigint from items where item_no = $1
		on conflict do nothing`, from, to, event)
	return err
}

func (w *writer) RemoveItemTexts(event int64) error {
	_, err := w.exec(`delete from item_texts where event_id = $1`, event)
	return err
}
