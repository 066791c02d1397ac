package store

import "time"

// EventReader reads the ledger: events, and what was recorded with them.
type EventReader interface {
	// EventByKey finds the event of a study that has a key.
	EventByKey(study int64, key string) (id int64, digest []byte, found bool, err error)

	// EventTime returns when an event happened.
	EventTime(id int64) (time.Time, error)

	// LastEvent returns the id of the newest event, 0 before the first.
	LastEvent() (id int64, err error)

	// LastSettled returns the id of the newest event that has its place for good, 0 before the
	// first. Those after it are recorded, but their order, and so their ids, may still change.
	LastSettled() (id int64, err error)

	// TrialsByKey returns the trial events of a study whose key begins with prefix, by key, and
	// the number of the others. It includes void trials and those before a reset.
	TrialsByKey(study int64, prefix string) (trials map[string]KeyedTrial, others int64, err error)

	// StudiesWithKeys lists the studies that have events whose key begins with prefix, in
	// order of creation.
	StudiesWithKeys(prefix string) ([]Study, error)

	// PageEnd finds the last of the n events that follow the given one, or of those that
	// are left; last is nil if there are none.
	PageEnd(event int64, n int) (last *int64, err error)

	// Ledger lists the selected events after one event and up to another, in order of
	// commit. They are those of a study, or of all studies if it is nil.
	Ledger(study *int64, selection Selection, after, last int64) ([]LedgerEntry, error)

	// Namings lists the items that a range of events named, by event.
	Namings(first, last int64) ([]Naming, error)

	// ShownItems lists the items that were shown for the trials of a range of events but
	// not used, by event.
	ShownItems(first, last int64) ([]Naming, error)

	// Messages lists the error messages of a range of events, by event, in their order.
	Messages(first, last int64) ([]EventMessage, error)

	// MessagesOf lists the error messages of some events, by event, in their order.
	MessagesOf(events []int64) ([]EventMessage, error)

	// Outcome finds the content of a trial event and its answer.
	Outcome(event int64) (outcome Outcome, found bool, err error)

	// Outcomes lists the trials of a study, or of all studies if it is nil, since the last
	// reset: all attempts that the filter selects, in the order in which they were recorded.
	// leftOut is how many the limit cuts.
	Outcomes(study *int64, filter OutcomeFilter) (outcomes []RecordedOutcome, leftOut int64, err error)

	// RecordedOutcome finds the content of a trial event among those of its study.
	RecordedOutcome(event int64) (outcome RecordedOutcome, found bool, err error)

	// TrialItems lists the items that a trial named or that were shown for it.
	TrialItems(event int64) ([]TrialItem, error)

	// Steps calls each with the events after one event and up to another, at most limit of
	// them, in order of commit.
	Steps(after, last int64, limit int, each func(Step) error) error

	// MessageClasses calls each with the classes of the messages of a range of events, by
	// event, in their order.
	MessageClasses(first, last int64, each func(MessageClass) error) error

	// DesignVariables returns the design variables of some trials, JSON objects, by event.
	DesignVariables(events []int64) (map[int64]string, error)

	// OutcomesOf lists some trials, in the order in which they were recorded.
	OutcomesOf(events []int64) ([]RecordedOutcome, error)

	// TrialsOfPage lists the trials of a page. Time grows with the trials of the study, unless the
	// page is near the beginning of the order of recording.
	TrialsOfPage(study int64, p TrialPage) ([]RecordedOutcome, error)

	// Attempts lists the recordings of a trial number, oldest first.
	Attempts(study, number int64) ([]Attempt, error)

	// VoidedAttempt finds the attempt of a void event.
	VoidedAttempt(event int64) (v VoidedAttempt, err error)

	// Voided finds the trial of a void event.
	Voided(event int64) (trial int64, err error)

	// Uses lists the latest events that named an item, newest first, at most limit of
	// them.
	Uses(item int64, limit int) ([]Use, error)

	// Origins lists the latest insights that were committed into an item, newest first,
	// at most limit of them.
	Origins(item int64, limit int) ([]Origin, error)

	// UncountedItems lists the ids of the items that an event named when the playbook did not
	// have them, in alphabetical order.
	UncountedItems(event int64) (ids []string, err error)

	// ErrorClasses sums up the errors of a study, or of all studies if it is nil, since
	// the last reset, the most frequent first. Errors of void trials are left out.
	ErrorClasses(study *int64) ([]ErrorClass, error)

	// Finalization finds the finalization of an event.
	Finalization(event int64) (f Finalization, found bool, err error)
}

// EventWriter writes the ledger: events, and what was recorded with them.
type EventWriter interface {
	// Claim takes the keys of entries that are about to be recorded: for each it finds the event
	// that has its key, or claims the key for this transaction. The entries have different keys;
	// those without one are not found.
	Claim(entries []Entry) ([]Claimed, error)

	// Record appends events to the ledger, in order, with the rows of their content, and
	// updates the counts of items and studies. For trials and errors this is all; the
	// effects of other types of events have methods of their own.
	Record(entries []Entry) ([]Receipt, error)

	// LatestAttempt finds the latest attempt at a trial number that counts: since the
	// last reset, and not void.
	LatestAttempt(study, number int64) (event int64, found bool, err error)

	// AddVoid stores which trial an event voids or, if undo is true, unvoids.
	AddVoid(event, trial int64, undo bool) error

	// CountUsages adds a trial's usages to the counts of its items if sign is 1, and
	// subtracts them if it is -1.
	CountUsages(trial Attempt, sign int64) error

	// CountUsedIn adds sign, 1 or -1, to trials_used_in of a trial's items.
	CountUsedIn(study, trial int64, sign int) error

	// CountTrial adds a trial to the study's statistics if sign is 1, and subtracts it if
	// it is -1.
	CountTrial(study int64, success bool, sign int64) error

	// DropInsights drops the pending insights of a trial, for a void event.
	DropInsights(study, trial, void int64) error

	// ReviveInsights makes the insights of a trial pending again that a void event dropped.
	ReviveInsights(study, trial, void int64) error

	// AddFinalization stores the parameters and the answer of a finalize.
	AddFinalization(f Finalization) error
}
