package store

// PlaybookFile is playbook.json as it was last read or written.
type PlaybookFile struct {
	Content  []byte `db:"content"`
	Digest   []byte `db:"digest"`
	Pending  bool   `db:"pending"`  // Content has yet to be written to the file
	Replaces []byte `db:"replaces"` // while pending: the digest of the file to be replaced; nil: no file
}

// PlaybookFile returns playbook.json as it was last read or written; found is false
// if it never was.
func (r *Rx) PlaybookFile() (file PlaybookFile, found bool, err error) {
	found, err = r.get(&file, `select content, digest, pending, replaces from playbook_file`)
	return file, found, err
}

// PlaybookFilePending reports whether an export has yet to be completed.
func (r *Rx) PlaybookFilePending() (pending bool, err error) {
	_, err = r.get(&pending, `select pending from playbook_file`)
	return pending, err
}

// SetPlaybookFile stores what was read from playbook.json, or is to be written to it.
func (t *Tx) SetPlaybookFile(f PlaybookFile) error {
	_, err := t.exec(`
		insert into playbook_file (only, content, digest, pending, replaces) values (1, ?1, ?2, ?3, ?4)
		on conflict do update set content = ?1, digest = ?2, pending = ?3, replaces = ?4`,
		f.Content, f.Digest, f.Pending, f.Replaces)
	return err
}

// PlaybookFileDone stores that the pending content has been written.
func (t *Tx) PlaybookFileDone() error {
	_, err := t.exec(`update playbook_file set pending = 0, replaces = null`)
	return err
}
