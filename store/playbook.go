package store

import (
	"math"
	"time"
)

// Playbook is the playbook without its items.
type Playbook struct {
	Version       int64   `db:"version"`
	LastUpdatedAt *string `db:"last_updated_at"` // as playbook.json had it
	CreatedAt     *string `db:"created_at"`      // as playbook.json had it
	CreatedUS     int64   `db:"created_us"`      // the first change here, 0: none yet
	ChangedUS     int64   `db:"changed_us"`      // the latest change here, 0: none yet
	LastUseUS     int64   `db:"last_use_us"`     // the latest use of an item, 0: none yet
	Extra         *string `db:"extra"`           // a JSON object: unknown fields of playbook.json
}

// Playbook reads the playbook. One that has not begun yet has version 1, as an empty one.
func (r *Rx) Playbook() (playbook Playbook, err error) {
	begun, err := r.get(&playbook, `
		select version, last_updated_at, created_at, created_us, changed_us, extra,
			(select ifnull(max(last_used_us), 0) from scores) as last_use_us
		from playbook`)
	if !begun {
		playbook.Version = 1
	}
	return playbook, err
}

// PlaybookBegun reports whether the playbook has begun: whether the database has
// started from a playbook.json, or from an empty playbook.
func (r *Rx) PlaybookBegun() (begun bool, err error) {
	_, err = r.get(&begun, `select exists (select 1 from playbook)`)
	return begun, err
}

// SetPlaybook stores all fields of p except LastUseUS, which is computed from the
// items.
func (t *Tx) SetPlaybook(p Playbook) error {
	_, err := t.exec(`
		insert into playbook (only, version, last_updated_at, created_at, created_us, changed_us, extra) values (1, ?1, ?2, ?3, ?4, ?5, ?6)
		on conflict do update set version = ?1, last_updated_at = ?2, created_at = ?3, created_us = ?4, changed_us = ?5, extra = ?6`,
		p.Version, p.LastUpdatedAt, p.CreatedAt, p.CreatedUS, p.ChangedUS, p.Extra)
	return err
}

// Touch stores the time of a change of the playbook and adds to its version.
func (t *Tx) Touch(versions int64, at time.Time) error {
	_, err := t.exec(`
		update playbook
		set version = version + ?1, changed_us = max(changed_us, ?2), created_us = case created_us when 0 then ?2 else created_us end`,
		versions, at.UnixMicro())
	return err
}

// KeepCreation stores that a playbook without a change was created when it began, for a
// file that says so from now on.
func (t *Tx) KeepCreation() error {
	_, err := t.exec(`update playbook set created_us = changed_us where created_us = 0`)
	return err
}

// Numbers returns the last number used in item ids, by prefix.
func (r *Rx) Numbers() (map[string]int64, error) {
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

// NextNumber reserves the next number for a prefix of item ids; ok is false if none
// is left.
func (t *Tx) NextNumber(prefix string) (number int64, ok bool, err error) {
	_, err = t.get(&number, `select last_number from prefixes where prefix = ?`, prefix)
	if err != nil || number == math.MaxInt64 {
		return 0, false, err
	}
	return number + 1, true, t.RaiseNumber(prefix, number+1)
}

// RaiseNumber stores that a number of a prefix has been used.
func (t *Tx) RaiseNumber(prefix string, number int64) error {
	_, err := t.exec(`
		insert into prefixes (prefix, last_number) values (?, ?)
		on conflict do update set last_number = max(last_number, excluded.last_number)`, prefix, number)
	return err
}
