package store

// ItemNumber is the range of a number in a mistake that its insights differ in.
type ItemNumber struct {
	Item  int64  `db:"item_no"`
	Place int    `db:"place"` // of the number in the text, from 0
	Low   string `db:"low"`
	High  string `db:"high"`
}

// ItemNumbers lists the ranges of the numbers of an item, in the order of their places.
func (r *Rx) ItemNumbers(item int64) ([]ItemNumber, error) {
	numbers := []ItemNumber{}
	err := r.list(&numbers, `select item_no, place, low, high from item_numbers where item_no = ? order by place`, item)
	return numbers, err
}

// AllItemNumbers lists the ranges of the numbers of all items, by item and place.
func (r *Rx) AllItemNumbers() ([]ItemNumber, error) {
	numbers := []ItemNumber{}
	err := r.list(&numbers, `select item_no, place, low, high from item_numbers order by item_no, place`)
	return numbers, err
}

// SetItemNumber stores the range of a number.
func (t *Tx) SetItemNumber(n ItemNumber) error {
	_, err := t.exec(`
		insert into item_numbers (item_no, place, low, high) values (?, ?, ?, ?)
		on conflict do update set low = excluded.low, high = excluded.high`, n.Item, n.Place, n.Low, n.High)
	return err
}

// RemoveItemNumbers forgets the ranges of an item, because its text was changed.
func (t *Tx) RemoveItemNumbers(item int64) error {
	_, err := t.exec(`delete from item_numbers where item_no = ?`, item)
	return err
}

// CommittedContents lists what the insights said that were committed into an item.
func (r *Rx) CommittedContents(item int64) (contents []string, err error) {
	err = r.list(&contents, `select content from insights where item_no = ?`, item)
	return contents, err
}
