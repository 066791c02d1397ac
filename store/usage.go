package store

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

// Mentions looks up the items that a context list names, each once, in order.
func (t *Tx) Mentions(ids []string) ([]Mention, error) {
	mentions := make([]Mention, 0, len(ids))
	seen := make(map[string]int, len(ids))
	for _, id := range ids {
		if i, ok := seen[id]; ok {
			mentions[i].Named++
			continue
		}
		mention, err := t.mention(id)
		if err != nil {
			return nil, err
		}
		seen[id] = len(mentions)
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

func (t *Tx) findMention(id string) (Mention, error) {
	var row struct {
		Item int64 `db:"item_no"`
		Live bool  `db:"live"`
	}
	found, err := t.peek(&row, `
		select d.item_no, i.item_no is not null as live
		from item_ids d
		left join items i on i.item_no = d.item_no and i.retirement_id is null
		where d.id = ?`, id)
	if err == nil && !found {
		row.Item, err = t.insert(`insert into item_ids (id) values (?)`, id)
	}
	return Mention{Item: row.Item, Named: 1, Live: row.Live}, err
}

// AddUsages stores that the items were in the context of a trial, as its
// latest attempt, and moves their counts.
func (t *Tx) AddUsages(trial Event, success bool, mentions []Mention) error {
	if err := t.dropEarlierAttempt(trial); err != nil {
		return err
	}
	for _, m := range mentions {
		if err := t.add(usageRows, trial.ID, m.Item, m.Named, m.counted()); err != nil {
			return err
		}
		t.buffer.used[studyItem{trial.Study, m.Item}]++
		t.count(m, success, trial.Time)
	}
	return nil
}

// AddShown stores that the items were shown for a trial and not used.
func (t *Tx) AddShown(trial int64, mentions []Mention) error {
	for _, m := range mentions {
		if err := t.add(shownRows, trial, m.Item); err != nil {
			return err
		}
	}
	return nil
}

// dropEarlierAttempt takes the attempt before this one, if there is one, out of
// trials_used_in.
func (t *Tx) dropEarlierAttempt(trial Event) error {
	number := trialNumber{trial.Study, *trial.TrialNumber}
	isNew, err := t.isNewTrial(number.study, number.number)
	if err != nil {
		return err
	}
	waits := t.isBuffered(number)
	t.buffer.trials[number] = struct{}{}
	if isNew {
		return nil
	}
	if waits {
		if err := t.drain(); err != nil {
			return err
		}
	}
	earlier, found, err := t.latestAttempt(t.peek, number.study, number.number, trial.ID)
	if err != nil || !found {
		return err
	}
	return t.CountUsedIn(trial.Study, earlier, -1)
}

// LatestAttempt finds the latest recording of a trial number before an event
// that counts: since the last reset, and not void.
func (r *Rx) LatestAttempt(study, number, before int64) (event int64, found bool, err error) {
	return r.latestAttempt(r.get, study, number, before)
}

func (r *Rx) latestAttempt(get func(any, string, ...any) (bool, error), study, number, before int64) (event int64, found bool, err error) {
	found, err = get(&event, `
		select l.event_id
		from ledger l
		join outcomes o using (event_id)
		where l.study_id = ?1 and l.trial_number = ?2 and l.type = 'trial' and o.voided_by is null
			and l.event_id > (select ifnull(reset_event, 0) from studies where study_id = ?1) and l.event_id < ?3
		order by l.event_id desc
		limit 1`, study, number, before)
	return event, found, err
}

// AddBlames stores that an error event named the items, and moves their
// harmful counts.
func (t *Tx) AddBlames(event Event, mentions []Mention) error {
	for _, m := range mentions {
		if err := t.add(blameRows, event.ID, m.Item, m.Named, m.counted()); err != nil {
			return err
		}
		t.count(m, false, event.Time)
	}
	return nil
}

// TrialsUsedIn counts the trials of a study, or of all studies where it is nil,
// that an item was used in: since the last reset, by each trial's latest attempt.
func (r *Rx) TrialsUsedIn(study *int64, item int64) (n int64, err error) {
	if study == nil {
		_, err = r.get(&n, `select ifnull(sum(trials_used_in), 0) from study_items where item_no = ?`, item)
		return n, err
	}
	_, err = r.get(&n, `select ifnull(sum(trials_used_in), 0) from study_items where study_id = ? and item_no = ?`, *study, item)
	return n, err
}
