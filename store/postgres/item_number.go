package postgres

import "atomizer-db/store"

func (r *reader) ItemNumbers(item int64) ([]store.ItemNumber, error) {
	numbers := []store.ItemNumber{}
	err := r.list(&numbers, `select item_no, place, low, high from item_numbers where item_no = $1 order by place`, item)
	return numbers, err
}

func (r *reader) AllItemNumbers() ([]store.ItemNumber, error) {
	numbers := []store.ItemNumber{}
	err := r.list(&numbers, `select item_no, place, low, high from item_numbers order by item_no, place`)
	return numbers, err
}

func (w *writer) SetItemNumber(n store.ItemNumber) error {
	_, err := w.exec(`
		insert into item_numbers (item_no, place, low, high) values ($1, $2, $3, $4)
		on conflict (item_no, place) do update set low = excluded.low, high = excluded.high`, n.Item, n.Place, n.Low, n.High)
	return err
}

func (w *writer) RemoveItemNumbers(item int64) error {
	_, err := w.exec(`delete from item_numbers where item_no = $1`, item)
	return err
}

func (r *reader) CommittedContents(item int64) (contents []string, err error) {
	err = r.list(&contents, `select content from insights where item_no = $1 order by insight_id`, item)
	return contents, err
}
