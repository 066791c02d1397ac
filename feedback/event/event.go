// Package event contains the types of events that a study records. It validates them,
// and reads and writes them as lines of event files.
package event

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Event is something that happened in a study: a [Trial], an [ErrorReport], a [Summary]
// (which finalizes the study), a [Reset] or a [Void]; or a change of its pending insights or
// of the playbook: a [CommitInsights], a [RejectInsights], an [EditInsight], an [EditItem], a
// [TagItem], a [RetireItem], a [MergeItems] or a [RestoreItem]; or what a database starts
// from: a [Study] or a [Playbook]; each by value.
type Event interface {
	Type() string    // as event files name it
	Head() Header    //
	Validate() error // returns a [*FieldError] for an invalid field
	sealed()
}

// The types of events, as event files name them.
const (
	TypeTrial    = "trial"
	TypeError    = "error"
	TypeFinalize = "finalize"
	TypeReset    = "reset"
	TypeVoid     = "void"

	TypeCommitInsights = "commit_insights"
	TypeRejectInsights = "reject_insights"
	TypeEditInsight    = "edit_insight"
	TypeEditItem       = "edit_item"
	TypeTagItem        = "tag_item"
	TypeRetireItem     = "retire_item"
	TypeMergeItems     = "merge_items"
	TypeRestoreItem    = "restore_item"

	TypeStudy    = "study"
	TypePlaybook = "playbook"
)

// Types lists all types of events.
var Types = []string{
	TypeTrial, TypeError, TypeFinalize, TypeReset, TypeVoid, TypeCommitInsights, TypeRejectInsights, TypeEditInsight,
	TypeEditItem, TypeTagItem, TypeRetireItem, TypeMergeItems, TypeRestoreItem,
	TypeStudy, TypePlaybook,
}

// Type returns "trial".
func (Trial) Type() string { return TypeTrial }

// Type returns "error".
func (ErrorReport) Type() string { return TypeError }

// Type returns "finalize".
func (Summary) Type() string { return TypeFinalize }

// Type returns "reset".
func (Reset) Type() string { return TypeReset }

// Type returns "void".
func (Void) Type() string { return TypeVoid }

// Header contains the fields that every event has.
type Header struct {
	Study     *string   // the study's name; nil: the loop's own
	Key       string    // an idempotency key, unique in its study; "" for none
	Time      time.Time // when it happened; zero: now
	Direction string    // of the study: Minimize or Maximize; "" says nothing
}

// Head returns the header.
func (h Header) Head() Header { return h }

func (Header) sealed() {}

// Trial is one recorded evaluation of a design.
type Trial struct {
	Header
	Number               int64
	Success              bool
	Objective            *float64       // nil: none
	DesignVariables      map[string]any // each a JSON scalar: a [Number] or other number, string, bool or nil
	ContextItems         []string       // ids of the items in the trial's context; an id may occur twice
	ShownItems           []string       // ids of items that were shown but not used; they do not count
	Holdout              bool           // its context was left empty on purpose, to compare the playbook with; then it has no items
	Errors               []string       // the solver's messages
	ConstraintViolations []string       // messages
	Extractor            string         // which extractor read the results, "" for none
	DurationSeconds      float64        //
	Details              jsontext.Value // a JSON object, stored as it came; nil: none
	NoLearn              bool           // only store the trial: no usage, counts or insights
}

// ErrorReport is an error outside a trial. The items in its context count as harmful,
// and it becomes a pending insight. It does not count as a trial.
type ErrorReport struct {
	Header
	TrialNumber  int64
	ErrorType    string
	Message      string
	ContextItems []string
}

// Summary finalizes a study. The reflector draws insights from its content.
type Summary struct {
	Header
	Name            string  // only used in insights; the legacy default is [UnknownName]
	TotalTrials     int64   //
	BestValue       float64 //
	ConvergenceRate float64 // share of trials that succeeded, 0 to 1
	Method          string  // the optimizer, "" for none

	PruneBy     string   // PruneByNetScore, PruneByAttribution or PruneNothing; "" is the first
	PruneBelow  *int64   // the net score at or below which PruneByNetScore prunes; nil: [DefaultPruneBelow]
	PrunedItems []string // ids that PruneByAttribution prunes; nil: those that attribution over all studies says do harm

	NoSave    bool // do not write playbook.json
	Overwrite bool // replace playbook.json even if another program has changed it
}

// The ways in which a finalize chooses the items that it prunes.
const (
	PruneByNetScore    = "net-score"   // the legacy rule
	PruneByAttribution = "attribution" // those that do harm
	PruneNothing       = "none"
)

// DefaultPruneBelow is the net score at or below which the legacy rule prunes.
const DefaultPruneBelow = -3

// PruneRule returns PruneBy, PruneByNetScore if it is empty.
func (s Summary) PruneRule() string {
	if s.PruneBy == "" {
		return PruneByNetScore
	}
	return s.PruneBy
}

// PruneThreshold returns PruneBelow or its default.
func (s Summary) PruneThreshold() int64 {
	if s.PruneBelow == nil {
		return DefaultPruneBelow
	}
	return *s.PruneBelow
}

// UnknownName is the default name of a study in a summary.
const UnknownName = "unknown"

// Reset clears a study's statistics, usage and pending insights. The playbook and the
// recorded rows stay.
type Reset struct{ Header }

// Void removes a trial that was recorded by mistake from counts, statistics and usage,
// and drops its pending insights. With Undo, it reverses this. What a finalize has
// committed or pruned in the meantime stays.
type Void struct {
	Header
	TrialNumber int64
	Attempt     int64 // which attempt at the number, from 1; 0: the latest that can be voided or unvoided
	Undo        bool
}

// Validate returns a [*FieldError] for an invalid field of the trial.
func (t Trial) Validate() error {
	if t.Holdout && len(t.ContextItems)+len(t.ShownItems) > 0 {
		return wrong("holdout", "a trial that was held out has an empty context: leave out its items, or holdout")
	}
	return trials.check(&t)
}

// Validate returns a [*FieldError] for an invalid field of the report.
func (e ErrorReport) Validate() error { return errorReports.check(&e) }

// Validate returns a [*FieldError] for an invalid field of the summary.
func (s Summary) Validate() error {
	if rule := s.PruneRule(); s.PruneBelow != nil && rule != PruneByNetScore {
		return wrong("prune_below", "is for prune_by %q, not %q", PruneByNetScore, rule)
	} else if s.PrunedItems != nil && rule != PruneByAttribution {
		return wrong("pruned_items", "is for prune_by %q, not %q", PruneByAttribution, rule)
	}
	return summaries.check(&s)
}

// Validate returns a [*FieldError] for an invalid field of the reset.
func (r Reset) Validate() error { return resets.check(&r) }

// Validate returns a [*FieldError] for an invalid field of the void.
func (v Void) Validate() error { return voids.check(&v) }

// The directions of a study.
const (
	Minimize = "minimize"
	Maximize = "maximize"
)
