package sqlite

import "atomizer-db/store"

// The one playbook.json of a database is that beside its file: it needs no name.

func (r *reader) PlaybookFile(string) (file store.PlaybookFile, found bool, err error) {
	found, err = r.get(&file, `select content, digest, pending, replaces from playbook_file`)
	return file, found, err
}

func (r *reader) PlaybookFilePending(string) (pending bool, err error) {
	_, err = r.get(&pending, `select pending from playbook_file`)
	return pending, err
}

func (t *writer) SetPlaybookFile(_ string, f store.PlaybookFile) error {
	_, err := t.exec(`
		insert into playbook_file (only, content, digest, pending, replaces) values (1, ?1, ?2, ?3, ?4)
		on conflict do update set content = ?1, digest = ?2, pending = ?3, replaces = ?4`,
		f.Content, f.Digest, f.Pending, f.Replaces)
	return err
}

func (t *writer) PlaybookFileDone(string) error {
	_, err := t.exec(`update playbook_file set pending = 0, replaces = null`)
	return err
}
