package sqlite

import (
	"context"
	"errors"
	"fmt"

	"atomizer-db/store"
)

// Queries that compute the right counts from the rows of events and adjustments.
const (
	// rightScores are the counts of each item.
	rightScores = `
		select item_no, sum(helpful) as helpful, sum(harmful) as harmful
		from (
			select u.item_no, u.counted * o.success as helpful, u.counted * (1 - o.success) as harmful
			from usages u join ledger o using (event_id)
			where o.voided_by is null
			union all
			select item_no, 0, counted from blames
			union all
			select item_no, helpful, harmful from adjustments
		)
		group by item_no`

	// countingTrials are the trials that count for their study's statistics.
	countingTrials = `
		select l.study_id, l.trial_number, l.event_id, l.success, l.objective_value, l.holdout
		from ledger l
		join studies s using (study_id)
		where l.type = 'trial' and l.voided_by is null and l.event_id > ifnull(s.reset_event, 0)`

	// rightStudies are the statistics of each study.
	rightStudies = `
		select s.study_id, s.name,
			(select count(*) from counting c where c.study_id = s.study_id) as trials,
			(select count(*) from counting c where c.study_id = s.study_id and c.success) as successes,
			(select count(*) from insights i where i.study_id = s.study_id and i.settled_by is null) as pending
		from studies s`

	// rightUsage is trials_used_in by study and item, counted by the latest
	// attempt at each trial number.
	rightUsage = `
		select c.study_id, u.item_no, count(*) as trials_used_in
		from (select study_id, trial_number, max(event_id) as event_id from counting group by study_id, trial_number) c
		join usages u using (event_id)
		group by c.study_id, u.item_no`
)

// mostProblems limits the number of problems of one kind that are listed.
const mostProblems = 1000

// Check runs SQLite's own checks, compares the schema with that of the migrations, and
// counts, statistics and usage with the ledger. It lists the problems in that order, and
// returns none if all is well.
func (s *Store) Check(ctx context.Context) (problems []store.Problem, err error) {
	err = s.view(ctx, func(rx *reader) error {
		problems, err = s.integrity(ctx)
		if errors.Is(explain(err, s.path), store.ErrReadOnly) {
			s.notify("note: CHECK constraints were not checked: SQLite checks them only in a file that can be written")
		}
		if err != nil {
			problems, err = rx.integrity()
		}
		if err != nil || len(problems) > 0 {
			return err // the other checks cannot be trusted on a damaged file
		}
		if problems, err = rx.wrongSchema(); err != nil {
			return err
		}
		for _, check := range []func() ([]store.Problem, error){rx.foreignKeys, rx.wrongScores, rx.wrongStudies, rx.wrongUsage} {
			found, err := check()
			if err != nil && len(problems) > 0 {
				return nil // a table that was changed
			}
			if err != nil {
				return err
			}
			problems = append(problems, found...)
		}
		return nil
	})
	if errors.Is(err, store.ErrDamaged) {
		return append(problems, store.Problem{Where: s.path, What: err.Error()}), nil
	}
	return problems, err
}

// integrity runs SQLite's checks on a connection for writing that a pragma makes
// read-only: on a connection for reading, SQLite skips CHECK constraints. It returns
// [ErrReadOnly] if the file cannot be written.
func (s *Store) integrity(ctx context.Context) (problems []store.Problem, err error) {
	pool, err := connect(s.file, readWrite)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	c, err := pin(ctx, pool)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	if err := c.run(ctx, `pragma query_only = on`); err != nil {
		return nil, err
	}
	if err := c.run(ctx, `begin`); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.rollback(ctx)) }()
	if only, err := c.readOnly(); only || err != nil {
		return nil, errors.Join(err, store.ErrReadOnly)
	}
	return (&reader{conn: c, ctx: ctx}).integrity()
}

// readOnly reports whether the file could be opened for reading only.
func (c *connection) readOnly() (only bool, err error) {
	err = c.conn.Raw(func(driver any) (err error) {
		file, ok := driver.(interface {
			IsReadOnly(schema string) (bool, error)
		})
		if ok {
			only, err = file.IsReadOnly("main")
		}
		return err
	})
	return only, err
}

func (r *reader) integrity() ([]store.Problem, error) {
	var lines []string
	if err := r.list(&lines, fmt.Sprintf(`pragma integrity_check(%d)`, mostProblems)); err != nil {
		return nil, err
	}
	var problems []store.Problem
	for _, line := range lines {
		if line != "ok" {
			problems = append(problems, store.Problem{Where: "the file", What: line})
		}
	}
	return problems, nil
}

func (r *reader) foreignKeys() ([]store.Problem, error) {
	var rows []struct {
		Table  string `db:"table"`
		Row    *int64 `db:"rowid"`
		Parent string `db:"parent"`
		FK     int    `db:"fkid"`
	}
	if err := r.list(&rows, `select * from pragma_foreign_key_check limit ?`, mostProblems); err != nil {
		return nil, err
	}
	var problems []store.Problem
	for _, row := range rows {
		where := row.Table
		if row.Row != nil {
			where = fmt.Sprintf("%s, row %d", row.Table, *row.Row)
		}
		problems = append(problems, store.Problem{Where: where, What: "refers to a row that " + row.Parent + " does not have"})
	}
	return problems, nil
}

func (r *reader) wrongScores() ([]store.Problem, error) {
	return r.wrong(`
		with counting as materialized (` + countingTrials + `),
		expected as (` + rightScores + `),
		used as (select item_no, sum(trials_used_in) as trials_used_in from (` + rightUsage + `) group by item_no)
		select 'scores of ' || d.id as "where",
			ifnull('helpful ' || c.helpful || ', harmful ' || c.harmful || ', trials_used_in ' || c.trials_used_in, 'missing')
				|| ': the ledger and the adjustments give ' || ifnull(e.helpful, 0) || ', ' || ifnull(e.harmful, 0)
				|| ' and ' || ifnull(u.trials_used_in, 0) as what
		from items i
		join item_ids d using (item_no)
		left join scores c using (item_no)
		left join expected e using (item_no)
		left join used u using (item_no)
		where (c.helpful, c.harmful, c.trials_used_in) is not (ifnull(e.helpful, 0), ifnull(e.harmful, 0), ifnull(u.trials_used_in, 0))
		limit ?`)
}

func (r *reader) wrongStudies() ([]store.Problem, error) {
	return r.wrong(`
		with counting as materialized (` + countingTrials + `),
		expected as (` + rightStudies + `)
		select 'studies, ' || s.name as "where",
			'trials ' || s.trials || ', successes ' || s.successes || ', pending ' || s.pending || ': the ledger gives '
				|| e.trials || ', ' || e.successes || ' and ' || e.pending as what
		from studies s
		join expected e using (study_id)
		where (s.trials, s.successes, s.pending) <> (e.trials, e.successes, e.pending)
		limit ?`)
}

func (r *reader) wrongUsage() ([]store.Problem, error) {
	return r.wrong(`
		with counting as materialized (` + countingTrials + `),
		expected as (` + rightUsage + `)
		select 'study_items of ' || d.id || ' in ' || s.name as "where",
			'trials_used_in ' || ifnull(have.trials_used_in, 0) || ': the ledger gives ' || ifnull(e.trials_used_in, 0) as what
		from expected e
		full join study_items have using (study_id, item_no)
		join studies s using (study_id)
		join item_ids d using (item_no)
		where ifnull(have.trials_used_in, 0) <> ifnull(e.trials_used_in, 0)
		limit ?`)
}

func (r *reader) wrong(query string) ([]store.Problem, error) {
	var rows []struct {
		Where string `db:"where"`
		What  string `db:"what"`
	}
	if err := r.list(&rows, query, mostProblems); err != nil {
		return nil, err
	}
	var problems []store.Problem
	for _, row := range rows {
		problems = append(problems, store.Problem{Where: row.Where, What: row.What, Repairable: true})
	}
	return problems, nil
}

func (t *writer) Rebuild() error {
	defer t.cache.forget()
	for _, statement := range []string{
		`insert into scores (item_no, last_used_us)
		select item_no, (
			select max(time_us)
			from (select * from usages union all select * from blames) m
			join ledger using (event_id)
			where m.item_no = items.item_no and m.counted > 0)
		from items
		where item_no not in (select item_no from scores)`,
		`update scores set helpful = 0, harmful = 0, trials_used_in = 0`,
		`update scores set helpful = e.helpful, harmful = e.harmful from (` + rightScores + `) e where e.item_no = scores.item_no`,
		`with counting as materialized (` + countingTrials + `)
		update studies set trials = e.trials, successes = e.successes, pending = e.pending
		from (` + rightStudies + `) e where e.study_id = studies.study_id`,
		`delete from study_items`,
		`with counting as materialized (` + countingTrials + `)
		insert into study_items (study_id, item_no, trials_used_in) ` + rightUsage,
		`update scores set trials_used_in = u.trials_used_in
		from (select item_no, sum(trials_used_in) as trials_used_in from study_items group by item_no) u
		where u.item_no = scores.item_no`,
	} {
		if _, err := t.exec(statement); err != nil {
			return err
		}
	}
	return nil
}
