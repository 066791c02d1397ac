package postgres

import "atomizer-db/store"

func (w *writer) Claim(entries []store.Entry) ([]store.Claimed, error) {
	claimed := make([]store.Claimed, len(entries))
	var studies []int64
	var keys []string
	for _, e := range entries {
		if e.Key != "" {
			studies, keys = append(studies, e.Study), append(keys, e.Key)
		}
	}
	if len(keys) == 0 {
		return claimed, nil
	}
	type studyKey struct {
		Study int64  `db:"study_id"`
		Key   string `db:"key"`
	}
	// Adding them does not read what other transactions write, as looking for them would: so
	// transactions with different keys do not meet.
	var added []studyKey
	if err := w.list(&added, `
		insert into event_keys (study_id, key)
		select * from unnest($1::bigint[], $2::text[])
		on conflict do nothing
		returning study_id, key`, studies, keys); err != nil || len(added) == len(keys) {
		return claimed, err
	}
	isNew := map[studyKey]bool{}
	for _, k := range added {
		isNew[k] = true
	}
	for i, e := range entries {
		if e.Key == "" || isNew[studyKey{e.Study, e.Key}] {
			continue
		}
		event, digest, found, err := w.EventByKey(e.Study, e.Key)
		if err != nil {
			return nil, err
		}
		if !found {
			return nil, store.Inconsistent("the key %q is taken, but no event has it", e.Key)
		}
		claimed[i] = store.Claimed{Event: event, Digest: digest, Found: true}
	}
	return claimed, nil
}
