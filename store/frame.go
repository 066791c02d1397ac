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
