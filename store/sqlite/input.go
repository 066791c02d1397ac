package sqlite

import "atomizer-db/store"

func (r *reader) Input(study, name string) (input store.Input, found bool, err error) {
	found, err = r.get(&input, `select name, bytes, lines, digest from inputs where study = ? and name = ?`, study, name)
	return input, found, err
}

func (t *writer) SetInput(study string, i store.Input) error {
	_, err := t.exec(`
		insert into inputs (study, name, bytes, lines, digest, time_us) values (?1, ?2, ?3, ?4, ?5, ?6)
		on conflict do update set bytes = ?3, lines = ?4, digest = ?5, time_us = ?6`,
		study, i.Name, i.Bytes, i.Lines, i.Digest, t.now.UnixMicro())
	return err
}
