package sqlite

import "atomizer-db/store"

func (r *reader) ItemNumbers(item int64) ([]store.ItemNumber, error) {
	numbers := []store.ItemNumber{}
	err := r.list(&numbers, `select item_no, place, low, high from item_numbers where item_no = ? order by place`, item)
	return numbers, err
}

func (r *reader) AllItemNumbers() ([]store.ItemNumber, error) {
	numbers := []store.ItemNumber{}
	err := r.list(&numbers, `select item_no, place, low, high from item_numbers order by item_no, place`)
	return numbers, err
}

func (t *writer) SetItemNumber(n store.ItemNumber) error {
	_, err := t.exec(`
		insert into item_numbers (item_no, place, low, high) values (?, ?, ?, ?)
		on conflict do update set low = excluded.low, high = excluded.high`, n.Item, n.Place, n.Low, n.High)
	return err
}

func (t *writer) RemoveItemNumbers(item int64) error {
	_, err := t.exec(`delete from item_numbers where item_no = ?`, item)
	return err
}

func (r *reader) CommittedContents(item int64) (contents []string, err error) {
	err = r.list(&contents, `select content from insights where item_no = ?`, item)
	return contents, err
}
