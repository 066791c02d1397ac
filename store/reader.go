package store

import "time"

// Reader is a transaction that reads. It sees one state of the database, whatever other
// transactions write in the meantime. It is valid only inside the function that it was
// passed to. Its methods return [ErrDamaged] for rows that contradict each other.
type Reader interface {
	// Now returns the transaction's time: the clock is read once, when it begins.
	Now() time.Time

	StudyReader
	EventReader
	ItemReader
	CreditReader
	InsightReader
	PlaybookReader
}
