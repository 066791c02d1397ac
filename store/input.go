package store

// Input says how far ingest has read an input.
type Input struct {
	Name   string `db:"name"`
	Bytes  int64  `db:"bytes"`  // read so far
	Lines  int64  `db:"lines"`  // in those bytes
	Digest []byte `db:"digest"` // SHA-256 of those bytes
}

// Input finds an input that was ingested for a study with the given name, which need not
// exist.
func (r *Rx) Input(study, name string) (input Input, found bool, err error) {
	found, err = r.get(&input, `select name, bytes, lines, digest from inputs where study = ? and name = ?`, study, name)
	return input, found, err
}

// SetInput stores how far ingest has read an input.
func (t *Tx) SetInput(study string, i Input) error {
	_, err := t.exec(`
		insert into inputs (study, name, bytes, lines, digest, time_us) values (?1, ?2, ?3, ?4, ?5, ?6)
		on conflict do update set bytes = ?3, lines = ?4, digest = ?5, time_us = ?6`,
		study, i.Name, i.Bytes, i.Lines, i.Digest, t.now.UnixMicro())
	return err
}
