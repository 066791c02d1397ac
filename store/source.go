package store

// Source is how far ingest has got in an input.
type Source struct {
	Name   string `db:"name"`
	Bytes  int64  `db:"bytes"`  // taken so far
	Lines  int64  `db:"lines"`  // that is so many lines
	Digest []byte `db:"digest"` // SHA-256 of those bytes
}

// Source finds an input of a study.
func (r *Rx) Source(study int64, name string) (source Source, found bool, err error) {
	found, err = r.get(&source, `select name, bytes, lines, digest from sources where study_id = ? and name = ?`, study, name)
	return source, found, err
}

// SetSource notes how far ingest has got.
func (t *Tx) SetSource(study int64, s Source) error {
	_, err := t.exec(`
		insert into sources (study_id, name, bytes, lines, digest, time_us) values (?1, ?2, ?3, ?4, ?5, ?6)
		on conflict do update set bytes = ?3, lines = ?4, digest = ?5, time_us = ?6`,
		study, s.Name, s.Bytes, s.Lines, s.Digest, t.now.UnixMicro())
	return err
}
