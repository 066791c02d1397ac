package sqlite

func (r *reader) LiveItemFor(category string, fingerprint []byte) (item int64, found bool, err error) {
	if item, found, err = r.LiveItemLike(category, fingerprint); err != nil || found {
		return item, found, err
	}
	found, err = r.get(&item, `
		select t.item_no
		from item_texts t
		join items i using (item_no)
		where t.category = ? and t.fingerprint = ? and i.retirement_id is null
		order by i.arrival
		limit 1`, category, fingerprint)
	return item, found, err
}

func (t *writer) AddItemText(item int64, category string, fingerprint []byte, event int64) error {
	_, err := t.exec(`
		insert into item_texts (category, fingerprint, item_no, event_id) values (?, ?, ?, ?)
		on conflict do nothing`, category, fingerprint, item, event)
	return err
}

func (t *writer) CopyItemTexts(from, to, event int64) error {
	_, err := t.exec(`
		insert into item_texts (category, fingerprint, item_no, event_id)
		select category, fingerprint, ?2, ?3 from item_texts where item_no = ?1
		union
		select category, fingerprint, ?2, ?3 from items where item_no = ?1
		on conflict do nothing`, from, to, event)
	return err
}

func (t *writer) RemoveItemTexts(event int64) error {
	_, err := t.exec(`delete from item_texts where event_id = ?`, event)
	return err
}
