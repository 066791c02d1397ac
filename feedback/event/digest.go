package event

import (
	"crypto/sha256"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// Digest identifies the content of a validated event and its time. Two events have the
// same digest if all fields except study, key, direction and pruned_items have the same
// values after defaults: which items are pruned is decided when the event is recorded.
// The order of the items that an event names does not matter, nor how often it names one
// that was only shown: the ledger does not keep them.
func Digest(event Event) []byte { return digest(event, content|when) }

// DigestWithoutTime is the digest of the same event without a time.
func DigestWithoutTime(event Event) []byte { return digest(event, content) }

func digest(event Event, parts part) []byte {
	text := jsontext.Value(encode(ordered(event), parts))
	// 1, 1.0 and 1e0 are the same number; integers keep all digits.
	if err := text.Canonicalize(jsontext.CanonicalizeRawInts(false)); err != nil {
		panic(impossible(err))
	}
	sum := sha256.Sum256(text)
	return sum[:16]
}

// ordered returns an event with its items in the order of their ids.
func ordered(event Event) Event {
	switch e := event.(type) {
	case Trial:
		e.ContextItems = sorted(e.ContextItems)
		e.ShownItems = slices.Compact(sorted(e.ShownItems))
		return e
	case ErrorReport:
		e.ContextItems = sorted(e.ContextItems)
		return e
	}
	return event
}

func sorted(ids []string) []string {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return ids
}
