package postgres

import "atomizer-db/store"

func (r *reader) Input(study, name string) (input store.Input, found bool, err error) {
	found, err = r.get(&input, `select name, bytes, lines, digest from inputs where study = $1 and name = $2`, study, name)
	return input, found, err
}

func (w *writer) SetInput(study string, i store.Input) error {
	if !w.appended { // with events, it is a part of what recording adds
		if err := w.order(); err != nil {
			return err
		}
	}
	_, err := w.run(`
		insert into inputs (study, name, bytes, lines, digest, time_us) values ($1, $2, $3, $4, $5, $6)
		on conflict (study, name) do update set bytes = excluded.bytes, lines = excluded.lines, digest = excluded.digest, time_us = excluded.time_us`,
		study, i.Name, i.Bytes, i.Lines, i.Digest, w.now.UnixMicro())
	return err
}
