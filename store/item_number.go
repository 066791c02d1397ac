package store

// ItemNumber is the range of a number in a mistake that its insights differ in.
type ItemNumber struct {
	Item  int64  `db:"item_no"`
	Place int    `db:"place"` // of the number in the text, from 0
	Low   string `db:"low"`
	High  string `db:"high"`
}
