package sqlite

import (
	"time"

	"atomizer-db/store"
)

func (t *writer) Adjust(a store.Adjustment) error {
	after, err := t.LastEvent()
	if err != nil {
		return err
	}
	if a.TimeUS == 0 {
		a.TimeUS = t.now.UnixMicro()
	}
	if _, err := t.exec(`
		insert into adjustments (item_no, helpful, harmful, reason, import_id, after_event, time_us, event_id)
		values (?, ?, ?, ?, ?, ?, ?, ?)`,
		a.Item, a.Helpful, a.Harmful, a.Reason, a.Import, after, a.TimeUS, a.Event); err != nil {
		return err
	}
	_, err = t.exec(`update scores set helpful = helpful + ?, harmful = harmful + ? where item_no = ?`, a.Helpful, a.Harmful, a.Item)
	return err
}

func (r *reader) Adjustments(item int64) ([]store.Adjustment, error) {
	adjustments := []store.Adjustment{}
	err := r.list(&adjustments, selectAdjustments+`where item_no = ? order by adjustment_id desc`, item)
	return adjustments, err
}

func (r *reader) AdjustmentsBy(event int64) ([]store.Adjustment, error) {
	adjustments := []store.Adjustment{}
	err := r.list(&adjustments, selectAdjustments+`where event_id = ? order by adjustment_id`, event)
	return adjustments, err
}

const selectAdjustments = `
	select adjustment_id, item_no, helpful, harmful, reason, import_id, after_event, time_us, event_id
	from adjustments `

func (r *reader) CountsTakenFrom(item int64, digest []byte) (taken bool, err error) {
	_, err = r.get(&taken, `
		select exists (
			select 1 from adjustments join imports using (import_id)
			where item_no = ? and digest = ?)`, item, digest)
	return taken, err
}

func (t *writer) AddImport(path string, digest []byte, at time.Time) (int64, error) {
	return t.insert(`insert into imports (path, digest, time_us) values (?, ?, ?)`, path, digest, at.UnixMicro())
}
