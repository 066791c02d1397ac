package store

// ErrorClass sums up the error messages of one class and kind.
type ErrorClass struct {
	Class    string    `db:"class"`
	Kind     ErrorKind `db:"kind"`
	Messages int64     `db:"messages"`
	Events   int64     `db:"events"` // that had them
	FirstUS  int64     `db:"first_us"`
	LastUS   int64     `db:"last_us"`
}
