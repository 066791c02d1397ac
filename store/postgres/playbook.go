package postgres

import (
	"math"
	"time"

	"atomizer-db/store"
)

func (r *reader) Playbook() (playbook store.Playbook, err error) {
	begun, err := r.get(&playbook, `
		select version, last_updated_at, created_at, created_us, changed_us, extra,
			(select coalesce(max(last_used_us), 0) from scores) as last_use_us
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

func (w *writer) SetPlaybook(p store.Playbook) error {
	_, err := w.exec(`
		insert into playbook ("only", version, last_updated_at, created_at, created_us, changed_us, extra)
		values (1, $1::bigint, $2::text, $3::text, $4::bigint, $5::bigint, $6::json)
		on conflict ("only") do update set version = excluded.version, last_updated_at = excluded.last_updated_at,
			created_at = excluded.created_at, created_us = excluded.created_us, changed_us = excluded.changed_us, extra = excluded.extra`,
		p.Version, p.LastUpdatedAt, p.CreatedAt, p.CreatedUS, p.ChangedUS, p.Extra)
	return err
}

func (w *writer) Touch(versions int64, at time.Time) error {
	_, err := w.exec(`
		update playbook
		set version = version + $1::bigint, changed_us = greatest(changed_us, $2::bigint),
			created_us = case created_us when 0 then $2::bigint else created_us end`,
		versions, at.UnixMicro())
	return err
}

func (w *writer) KeepCreation() error {
	_, err := w.exec(`update playbook set created_us = changed_us where created_us = 0`)
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

func (w *writer) NextNumber(prefix string) (number int64, ok bool, err error) {
	if err := w.order(); err != nil {
		return 0, false, err
	}
	_, err = w.get(&number, `select last_number from prefixes where prefix = $1::text`, prefix)
	if err != nil || number == math.MaxInt64 {
		return 0, false, err
	}
	return number + 1, true, w.RaiseNumber(prefix, number+1)
}

func (w *writer) RaiseNumber(prefix string, number int64) error {
	_, err := w.exec(`
		insert into prefixes (prefix, last_number) values ($1::text, $2::bigint)
		on conflict (prefix) do update set last_number = greatest(prefixes.last_number, excluded.last_number)`, prefix, number)
	return err
}
