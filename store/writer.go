package store

// Writer is a transaction that reads and writes: all of its changes are committed, or none.
// It is valid only inside the function that it was passed to.
type Writer interface {
	Reader

	StudyWriter
	EventWriter
	ItemWriter
	InsightWriter
	PlaybookWriter
}
