package store

// PlaybookFile is a playbook.json as it was last read or written.
type PlaybookFile struct {
	Content  []byte `db:"content"`
	Digest   []byte `db:"digest"`
	Pending  bool   `db:"pending"`  // Content has yet to be written to the file
	Replaces []byte `db:"replaces"` // while pending: the digest of the file to be replaced; nil: no file
}
