package store

// TrialOrder is what a page of trials is sorted by.
type TrialOrder string

// The orders of a page of trials.
const (
	ByRecording TrialOrder = "recorded"
	ByNumber    TrialOrder = "number"
	ByObjective TrialOrder = "objective" // of trials without one: last
	ByDuration  TrialOrder = "duration"
)

// TrialState selects trials by what became of them.
type TrialState string

// The states of trials. A failed trial is infeasible if its first message is the violation
// of a constraint, else it crashed.
const (
	AnyState   TrialState = ""
	Succeeded  TrialState = "succeeded"
	Failed     TrialState = "failed"
	Infeasible TrialState = "infeasible"
	Crashed    TrialState = "crashed"
	HeldOut    TrialState = "held-out"
	Void       TrialState = "void"
)

// TrialPage selects a page of the trials of a study since its last reset.
type TrialPage struct {
	Order     TrialOrder
	Ascending bool
	Limit     int
	Offset    int64
	State     TrialState
	Class     string // that have a message of this class; "": all
	Item      string // that used the item with this id; "": all
	Text      string // that have a message with this text in it; "": all
}
