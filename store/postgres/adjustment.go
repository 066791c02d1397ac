package postgres

import (
	"time"

	"atomizer-db/store"
)

func (w *writer) Adjust(a store.Adjustment) error {
	if a.TimeUS == 0 {
		a.TimeUS = w.now.UnixMicro()
	}
	if _, err := w.exec(`
		insert into adjustments (adjustment_id, item_no, helpful, harmful, reason, import_id, after_event, time_us, event_id)
		values ((select coalesce(max(adjustment_id), 0) + 1 from adjustments), $1, $2, $3, $4, $5::bigint,
			(select coalesce(max(event_id), 0) from folded_ledger), $6, $7::bigint)`,
		a.Item, a.Helpful, a.Harmful, a.Reason, a.Import, a.TimeUS, a.Event); err != nil {
		return err
	}
	_, err := w.exec(`update folded_scores set helpful = helpful + $1, harmful = harmful + $2 where item_no = $3`, a.Helpful, a.Harmful, a.Item)
	return err
}

func (r *reader) Adjustments(item int64) ([]store.Adjustment, error) {
	adjustments := []store.Adjustment{}
	err := r.list(&adjustments, selectAdjustments+`where item_no = $1 order by adjustment_id desc`, item)
	return adjustments, err
}

func (r *reader) AdjustmentsBy(event int64) ([]store.Adjustment, error) {
	adjustments := []store.Adjustment{}
	err := r.list(&adjustments, selectAdjustments+`where event_id = $1 order by adjustment_id`, event)
	return adjustments, err
}

const selectAdjustments = `
	select adjustment_id, item_no, helpful, harmful, reason, import_id, after_event, time_us, event_id
	from adjustments `

func (r *reader) CountsTakenFrom(item int64, digest []byte) (taken bool, err error) {
	_, err = r.get(&taken, `
		select exists (
			select 1 from adjustments join imports using (import_id)
			where item_no = $1 and digest = $2::bytea)`, item, digest)
	return taken, err
}

func (w *writer) AddImport(path string, digest []byte, at time.Time) (int64, error) {
	return w.insert(`
		insert into imports (import_id, path, digest, time_us)
		values ((select coalesce(max(import_id), 0) + 1 from imports), $1, $2::bytea, $3)
		returning import_id`, path, digest, at.UnixMicro())
}
