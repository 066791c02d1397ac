package postgres

import "atomizer-db/store"

func (r *reader) PlaybookFile(name string) (file store.PlaybookFile, found bool, err error) {
	found, err = r.get(&file, `select content, digest, pending, replaces from playbook_file where name = $1::text`, name)
	return file, found, err
}

func (r *reader) PlaybookFilePending(name string) (pending bool, err error) {
	_, err = r.get(&pending, `select pending from playbook_file where name = $1::text`, name)
	return pending, err
}

func (w *writer) SetPlaybookFile(name string, f store.PlaybookFile) error {
	_, err := w.exec(`
		insert into playbook_file (name, content, digest, pending, replaces) values ($1::text, $2::bytea, $3::bytea, $4::boolean, $5::bytea)
		on conflict (name) do update set content = excluded.content, digest = excluded.digest, pending = excluded.pending,
			replaces = excluded.replaces`,
		name, f.Content, f.Digest, f.Pending, f.Replaces)
	return err
}

func (w *writer) PlaybookFileDone(name string) error {
	_, err := w.exec(`update playbook_file set pending = false, replaces = null where name = $1::text`, name)
	return err
}
