package sqlite

import (
	"math"
	"time"

	"atomizer-db/store"
)

func (r *reader) Playbook() (playbook store.Playbook, err error) {
	begun, err := r.get(&playbook, `
		select version, last_updated_at, created_at, created_us, changed_us, extra,
			(select ifnull(max(last_used_us), 0) from scores) as last_use_us
		from playbook`)
	if err == nil && !begun {
		return store.Playbook{Version: 1}, nil
	}
	return playbook, err
}

func (r *reader) PlaybookBegun() (begun bool, err error) {
	_, err = r.get(&begun, `select exists (select 1 from playbook)`)
	return begun, err
}

func (t *writer) SetPlaybook(p store.Playbook) error {
	_, err := t.exec(`
		insert into playbook (only, version, last_updated_at, created_at, created_us, changed_us, extra) values (1, ?1, ?2, ?3, ?4, ?5, ?6)
		on conflict do update set version = ?1, last_updated_at = ?2, created_at = ?3, created_us = ?4, changed_us = ?5, extra = ?6`,
		p.Version, p.LastUpdatedAt, p.CreatedAt, p.CreatedUS, p.ChangedUS, p.Extra)
	return err
}

func (t *writer) Touch(versions int64, at time.Time) error {
	_, err := t.exec(`
		update playbook
		set version = version + ?1, changed_us = max(changed_us, ?2), created_us = case created_us when 0 then ?2 else created_us end`,
		versions, at.UnixMicro())
	return err
}

func (t *writer) KeepCreation() error {
	_, err := t.exec(`update playbook set created_us = changed_us where created_us = 0`)
	return err
}

func (r *reader) Numbers() (map[string]int64, error) {
	var rows []struct {
		Prefix string `db:"prefix"`
		Number int64  `db:"last_number"`
	}
	err := r.list(&rows, `select prefix, last_number from prefixes`)
	numbers := make(map[string]int64, len(rows))
	for _, row := range rows {
		numbers[row.Prefix] = row.Number
	}
	return numbers, err
}

func (t *writer) NextNumber(prefix string) (number int64, ok bool, err error) {
	_, err = t.get(&number, `select last_number from prefixes where prefix = ?`, prefix)
	if err != nil || number == math.MaxInt64 {
		return 0, false, err
	}
	return number + 1, true, t.RaiseNumber(prefix, number+1)
}

func (t *writer) RaiseNumber(prefix string, number int64) error {
	_, err := t.exec(`
		insert into prefixes (prefix, last_number) values (?, ?)
		on conflict do update set last_number = max(last_number, excluded.last_number)`, prefix, number)
	return err
}
