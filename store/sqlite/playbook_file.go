package sqlite

import "atomizer-db/store"

func (r *reader) PlaybookFile() (file store.PlaybookFile, found bool, err error) {
	found, err = r.get(&file, `select content, digest, pending, replaces from playbook_file`)
	return file, found, err
}

func (r *reader) PlaybookFilePending() (pending bool, err error) {
	_, err = r.get(&pending, `select pending from playbook_file`)
	return pending, err
}

func (t *writer) SetPlaybookFile(f store.PlaybookFile) error {
	_, err := t.exec(`
		insert into playbook_file (only, content, digest, pending, replaces) values (1, ?1, ?2, ?3, ?4)
		on conflict do update set content = ?1, digest = ?2, pending = ?3, replaces = ?4`,
		f.Content, f.Digest, f.Pending, f.Replaces)
	return err
}

func (t *writer) PlaybookFileDone() error {
	_, err := t.exec(`update playbook_file set pending = 0, replaces = null`)
	return err
}
