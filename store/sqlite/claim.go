package sqlite

import "atomizer-db/store"

func (t *writer) Claim(entries []store.Entry) ([]store.Claimed, error) {
	claimed := make([]store.Claimed, len(entries))
	for i, e := range entries {
		if e.Key == "" {
			continue
		}
		event, digest, found, err := t.EventByKey(e.Study, e.Key)
		if err != nil {
			return nil, err
		}
		claimed[i] = store.Claimed{Found: found, Event: event, Digest: digest}
	}
	return claimed, nil
}
