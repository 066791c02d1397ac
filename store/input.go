package store

// Input says how far ingest has read an input.
type Input struct {
	Name   string `db:"name"`
	Bytes  int64  `db:"bytes"`  // read so far
	Lines  int64  `db:"lines"`  // in those bytes
	Digest []byte `db:"digest"` // SHA-256 of those bytes
}
