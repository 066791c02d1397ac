package store

// Step is an event as it appears in the course of its study.
type Step struct {
	Event       int64
	Study       int64
	Type        EventType
	TrialNumber *int64 // of trials and errors
	TimeUS      int64
	Success     bool
	Void        bool // a trial that does not count
	Objective   *float64
}

// MessageClass is the class of one error message of an event.
type MessageClass struct {
	Event int64
	Kind  ErrorKind
	Class string
}
