package store

import "slices"

// Mention is an item that an event names.
type Mention struct {
	Item  int64 // item_no
	Named int   // how often
	Live  bool  // the playbook has it, so that each naming counts
}

func (m Mention) counted() int {
	if m.Live {
		return m.Named
	}
	return 0
}

// Counted is how many namings count.
func Counted(mentions []Mention) (counted int) {
	for _, m := range mentions {
		counted += m.counted()
	}
	return counted
}

// few ids are looked through faster than a map is made of them.
const few = 16

// Mentions looks up the items that a context list names, each once, in order.
func (t *Tx) Mentions(ids []string) ([]Mention, error) {
	mentions := make([]Mention, 0, len(ids))
	var seen map[int64]int // by item_no, of more than few
	for _, id := range ids {
		mention, err := t.mention(id)
		if err != nil {
			return nil, err
		}
		at := -1
		switch {
		case len(ids) <= few:
			at = slices.IndexFunc(mentions, func(m Mention) bool { return m.Item == mention.Item })
		case seen == nil:
			seen = make(map[int64]int, len(ids))
		default:
			if i, ok := seen[mention.Item]; ok {
				at = i
			}
		}
		if at >= 0 {
			mentions[at].Named++
			continue
		}
		if seen != nil {
			seen[mention.Item] = len(mentions)
		}
		mentions = append(mentions, mention)
	}
	return mentions, nil
}

func (t *Tx) mention(id string) (Mention, error) {
	if m, ok := t.memory.items[id]; ok {
		return m, nil
	}
	m, err := t.findMention(id)
	if err == nil && len(t.memory.items) < remembered {
		t.memory.items[id] = m
	}
	return m, err
}

func (t *Tx) findMention(id string) (m Mention, err error) {
	m.Named = 1
	found, err := t.direct.look(`
		select d.item_no, i.item_no is not null as live
		from item_ids d
		left join items i on i.item_no = d.item_no and i.retirement_id is null
		where d.id = ?`, func(r row) { m.Item, m.Live = r.integer(0), r.integer(1) != 0 }, text(id))
	if err == nil && !found {
		m.Item, err = t.insert(`insert into item_ids (id) values (?)`, id)
	}
	return m, err
}

// AddUsages stores that the items were in the context of a trial, and moves
// their counts.
func (t *Tx) AddUsages(trial Event, success bool, mentions []Mention) error {
	for _, m := range mentions {
		t.memory.counts.add(trial.Study, m, success, 1, trial.Time)
	}
	return t.addMentions(usageRows, trial.ID, mentions)
}

// AddBlames stores that an error event named the items, and moves their
// harmful counts.
func (t *Tx) AddBlames(event Event, mentions []Mention) error {
	for _, m := range mentions {
		t.memory.counts.add(event.Study, m, false, 0, event.Time)
	}
	return t.addMentions(blameRows, event.ID, mentions)
}

func (t *Tx) addMentions(table int, event int64, mentions []Mention) error {
	for _, m := range mentions {
		if err := t.add(table, integer(event), integer(m.Item), integer(m.Named), integer(m.counted())); err != nil {
			return err
		}
	}
	return nil
}

// AddShown stores that the items were shown for a trial and not used.
func (t *Tx) AddShown(trial int64, mentions []Mention) error {
	for _, m := range mentions {
		if err := t.add(shownRows, integer(trial), integer(m.Item)); err != nil {
			return err
		}
	}
	return nil
}

// dropEarlierAttempt takes the latest attempt at a trial's number, if there is
// one, out of trials_used_in.
func (t *Tx) dropEarlierAttempt(study, number int64) error {
	isNew, err := t.isNewTrial(study, number)
	if err != nil || isNew {
		return err
	}
	earlier, found, err := t.LatestAttempt(study, number)
	if err != nil || !found {
		return err
	}
	if err := t.fold(); err != nil {
		return err
	}
	return t.CountUsedIn(study, earlier, -1)
}

// LatestAttempt finds the latest recording of a trial number that counts: since
// the last reset, and not void.
func (t *Tx) LatestAttempt(study, number int64) (event int64, found bool, err error) {
	if err := t.write(); err != nil {
		return 0, false, err
	}
	found, err = t.direct.look(`
		select event_id
		from ledger
		where study_id = ?1 and trial_number = ?2 and type = 'trial' and voided_by is null
			and event_id > (select ifnull(reset_event, 0) from studies where study_id = ?1)
		order by event_id desc
		limit 1`, func(r row) { event = r.integer(0) }, integer(study), integer(number))
	return event, found, err
}

// TrialsUsedIn counts the trials of a study, or of all studies where it is nil,
// that an item was used in: since the last reset, by each trial's latest attempt.
func (r *Rx) TrialsUsedIn(study *int64, item int64) (n int64, err error) {
	if study == nil {
		_, err = r.get(&n, `select ifnull(sum(trials_used_in), 0) from study_item_counts where item_no = ?`, item)
		return n, err
	}
	_, err = r.get(&n, `select ifnull(sum(trials_used_in), 0) from study_item_counts where study_id = ? and item_no = ?`, *study, item)
	return n, err
}
