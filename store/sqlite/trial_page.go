package sqlite

import "atomizer-db/store"

func (r *reader) TrialsOfPage(study int64, p store.TrialPage) ([]store.RecordedOutcome, error) {
	order := map[store.TrialOrder]string{
		store.ByNumber: `l.trial_number`, store.ByObjective: `iif(l.success, l.objective_value, null)`, store.ByDuration: `l.duration_seconds`,
	}[p.Order]
	direction := ` desc`
	if p.Ascending {
		direction = ` asc`
	}
	if order != "" {
		order += direction + ` nulls last, `
	}
	state := map[store.TrialState]string{
		store.Succeeded: ` and l.success and l.voided_by is null`, store.Failed: ` and not l.success and l.voided_by is null`,
		store.Infeasible: ` and not l.success and l.voided_by is null and exists (select 1 from errors e where e.event_id = l.event_id and e.position = 0 and e.kind = 'constraint')`,
		store.Crashed:    ` and not l.success and l.voided_by is null and not exists (select 1 from errors e where e.event_id = l.event_id and e.position = 0 and e.kind = 'constraint')`,
		store.HeldOut:    ` and l.holdout and l.voided_by is null`, store.Void: ` and l.voided_by is not null`,
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
	outcomes := []store.RecordedOutcome{}
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
