package event

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/playbook"
)

// Study creates a study before its first event, with the direction that somebody gave it.
// Its time is that of its creation.
type Study struct{ Header }

// Playbook is a change of the playbook that no other event makes: what a database started
// from, an import, or an item by hand. It belongs to no study.
type Playbook struct {
	Header
	Start       bool             // it is what a database started from: nothing else has happened to the playbook
	File        string           // path of the imported file, "" for none
	Digest      string           // SHA-256 of its content, in hexadecimal digits
	Follows     string           // identifies the change before it, in hexadecimal digits; "" only for a start
	Version     int64            // of the playbook after it
	LastUpdated *string          // as a playbook.json had it; nil: the time of the event
	Undated     bool             // the time of the playbook's last change stays
	CreatedAt   *string          // when the playbook was created, as a playbook.json had it; nil: as before
	Created     time.Time        // when it was changed first; zero: as before
	Fields      jsontext.Value   // all other fields of the playbook after it; nil: as before
	LastNumbers map[string]int64 // the highest number of an id for each prefix, where it is higher
	Items       []ItemChange     // in order
	Frames      []FrameChange    // what imported files of other tools hold besides items
}

// FrameChange is what a file of another tool holds, as it was last imported.
type FrameChange struct {
	Nth     int            `json:"nth"` // in the order of the first import, from 1
	Path    string         `json:"path"`
	Format  string         `json:"format"`
	Digest  string         `json:"digest"`  // SHA-256 of its bytes, in hexadecimal digits
	Content jsontext.Value `json:"content"` // an object: what it holds besides its items
	Items   []FramedItem   `json:"items"`   // in its order
}

// FramedItem is an item as such a file has it.
type FramedItem struct {
	ID      string         `json:"id"` // here
	Content jsontext.Value `json:"content"`
}

// ItemChange is a new item at the end of the playbook, if its id is new, or what changed in
// an item.
type ItemChange struct {
	ID        string         `json:"id"`
	Category  *string        `json:"category,omitzero"` // required for a new item, as are the next two
	Content   *string        `json:"content,omitzero"`
	CreatedAt *string        `json:"created_at,omitzero"`
	LastUsed  jsontext.Value `json:"last_used,omitzero"` // text, or null for never
	Helpful   int64          `json:"helpful_count,omitzero"`
	Harmful   int64          `json:"harmful_count,omitzero"` // both are added to the counts
	Tags      []string       `json:"tags,omitzero"`
	Sources   []int64        `json:"source_trials,omitzero"`         // more trials that it was learned from
	Removed   []int64        `json:"removed_source_trials,omitzero"` // before the others are added
	Fields    jsontext.Value `json:"fields,omitzero"`                // all other fields
	Retired   *bool          `json:"retired,omitzero"`               // true: it leaves the playbook; false: it returns
}

// Type returns "study".
func (Study) Type() string { return TypeStudy }

// Type returns "playbook".
func (Playbook) Type() string { return TypePlaybook }

// Validate returns a [*FieldError] for an invalid field.
func (s Study) Validate() error { return studies.check(&s) }

// Validate returns a [*FieldError] for an invalid field.
func (p Playbook) Validate() error {
	if p.Version > playbook.LargestVersion {
		return wrong("version", "%d is too large", p.Version)
	}
	if p.Start && p.Follows != "" {
		return wrong("follows", "is given, and start is true: nothing comes before a start")
	}
	if err := checkOtherFields("fields", p.Fields, playbook.FileFields); err != nil {
		return err
	}
	return playbooks.check(&p)
}
