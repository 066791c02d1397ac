package postgres

import "atomizer-db/store"

// hasMessage is the condition that a trial l has a message e. In folded_errors it is searched
// for each trial, and among the messages of what is not folded, which are few, for all trials
// at once.
func hasMessage(condition string) string {
	return `(
				exists (select 1 from folded_errors e where e.event_id = l.event_id and ` + condition + `)
				or l.event_id in (select e.event_id from errors e where e.event_id > (select last_event from fold) and ` + condition + `))`
}

// onPage are the conditions of a page for the message, the item and the text in a message.
var onPage = `
				and ($2::text = '' or ` + hasMessage(`e.class = $2::text`) + `)
				and ($3::text = '' or exists (
					select 1 from folded_usages u
					where u.event_id = l.event_id and u.item_no = (select item_no from item_ids where id = $3::text))
				or l.event_id in (
					select u.event_id from usages u
					where u.event_id > (select last_event from fold) and u.item_no = (select item_no from item_ids where id = $3::text)))
				and ($4::text = '' or ` + hasMessage(`strpos(lower(e.message), lower($4::text collate "C")) > 0`) + `)`

func (r *reader) TrialsOfPage(study int64, p store.TrialPage) ([]store.RecordedOutcome, error) {
	order := map[store.TrialOrder]string{
		store.ByNumber: `l.trial_number`, store.ByObjective: `case when l.success then l.objective_value end`, store.ByDuration: `l.duration_seconds`,
	}[p.Order]
	direction := ` desc`
	if p.Ascending {
		direction = ` asc`
	}
	if order != "" {
		order += direction + ` nulls last, `
	}
	order += `l.event_id` + direction
	infeasible := hasMessage(`e.position = 0 and e.kind = 'constraint'`)
	state := map[store.TrialState]string{
		store.Succeeded: ` and l.success and l.voided_by is null`, store.Failed: ` and not l.success and l.voided_by is null`,
		store.Infeasible: ` and not l.success and l.voided_by is null and ` + infeasible,
		store.Crashed:    ` and not l.success and l.voided_by is null and not ` + infeasible,
		store.HeldOut:    ` and l.holdout and l.voided_by is null`, store.Void: ` and l.voided_by is not null`,
	}[p.State]
	outcomes := []store.RecordedOutcome{}
	err := r.list(&outcomes, recordedOutcomes+`
		where event_id = any(array(
			select l.event_id
			from ledger l
			join studies s using (study_id)
			where l.type = 'trial' and l.study_id = $1 and l.event_id > coalesce(s.reset_event, 0)`+state+onPage+`
			order by `+order+`
			limit nullif(greatest($5::bigint, -1), -1) offset greatest($6::bigint, 0)))
		order by `+order, study, p.Class, p.Item, p.Text, p.Limit, p.Offset)
	return outcomes, err
}
