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

// TrialsOfPage lists the trials of a page. Time grows with the trials of the study, unless the
// page is near the beginning of the order of recording.
func (r *Rx) TrialsOfPage(study int64, p TrialPage) ([]RecordedOutcome, error) {
	order := map[TrialOrder]string{
		ByNumber: `l.trial_number`, ByObjective: `iif(l.success, l.objective_value, null)`, ByDuration: `l.duration_seconds`,
	}[p.Order]
	direction := ` desc`
	if p.Ascending {
		direction = ` asc`
	}
	if order != "" {
		order += direction + ` nulls last, `
	}
	state := map[TrialState]string{
		Succeeded: ` and l.success and l.voided_by is null`, Failed: ` and not l.success and l.voided_by is null`,
		Infeasible: ` and not l.success and l.voided_by is null and exists (select 1 from errors e where e.event_id = l.event_id and e.position = 0 and e.kind = 'constraint')`,
		Crashed:    ` and not l.success and l.voided_by is null and not exists (select 1 from errors e where e.event_id = l.event_id and e.position = 0 and e.kind = 'constraint')`,
		HeldOut:    ` and l.holdout and l.voided_by is null`, Void: ` and l.voided_by is not null`,
	}[p.State]
	where, args := state, []any{study}
	only := func(value, condition string) {
		if value != "" {
			where += ` and exists (` + condition + `)`
			args = append(args, value)
		}
	}
	only(p.Class, `select 1 from errors e where e.event_id = l.event_id and e.class = ?`)
	only(p.Item, `select 1 from usages u where u.event_id = l.event_id and u.item_no = (select item_no from item_ids where id = ?)`)
	only(p.Text, `select 1 from errors e where e.event_id = l.event_id and instr(lower(e.message), lower(?)) > 0`)
	order += `l.event_id` + direction
	outcomes := []RecordedOutcome{}
	// Not by type and study, because ledger_trial has another order than that of recording.
	err := r.list(&outcomes, recordedOutcomes+`
		where event_id in (
			select l.event_id
			from ledger l
			join studies s using (study_id)
			where l.success is not null and +l.study_id = ? and l.event_id > ifnull(s.reset_event, 0)`+where+`
			order by `+order+`
			limit ? offset ?)
		order by `+order, append(args, p.Limit, p.Offset)...)
	return outcomes, err
}
