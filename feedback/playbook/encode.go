package playbook

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
)

// Encode returns the same bytes that the legacy class writes: indented by two spaces,
// with text unescaped and no newline at the end. Unknown fields come after the known
// ones.
func (f File) Encode() ([]byte, error) {
	var b bytes.Buffer
	w := &encoder{out: jsontext.NewEncoder(&b, jsontext.WithIndent("  "))}
	w.token(jsontext.BeginObject)
	w.member("version", jsontext.Int(f.Version))
	w.member("created_at", jsontext.String(f.CreatedAt))
	w.member("last_updated", jsontext.String(f.LastUpdated))
	w.token(jsontext.String("items"))
	w.token(jsontext.BeginObject)
	for _, item := range f.Items {
		w.item(item)
	}
	w.token(jsontext.EndObject)
	w.members(f.Extra)
	w.token(jsontext.EndObject)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), w.err
}

// MarshalMembers returns fields as one compact object.
func MarshalMembers(members []Member) (string, error) {
	var b bytes.Buffer
	w := &encoder{out: jsontext.NewEncoder(&b)}
	w.token(jsontext.BeginObject)
	w.members(members)
	w.token(jsontext.EndObject)
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), w.err
}

// ParseMembers reverses [MarshalMembers].
func ParseMembers(text string) (members []Member, err error) {
	d := &decoder{data: []byte(text), in: jsontext.NewDecoder(bytes.NewBufferString(text))}
	err = d.object(func(name string) (err error) {
		members, err = d.extra(members, name, name)
		return err
	})
	return members, err
}

// encoder keeps the first error, so that its callers need not check for errors.
type encoder struct {
	out *jsontext.Encoder
	err error
}

func (w *encoder) token(t jsontext.Token) {
	if w.err == nil {
		w.err = w.out.WriteToken(t)
	}
}

func (w *encoder) member(name string, value jsontext.Token) {
	w.token(jsontext.String(name))
	w.token(value)
}

func (w *encoder) members(members []Member) {
	for _, m := range members {
		w.token(jsontext.String(m.Name))
		if w.err == nil {
			w.err = w.out.WriteValue(m.Value)
		}
	}
}

func (w *encoder) item(item Item) {
	w.token(jsontext.String(item.ID))
	w.token(jsontext.BeginObject)
	w.member("id", jsontext.String(item.ID))
	w.member("category", jsontext.String(string(item.Category)))
	w.member("content", jsontext.String(item.Content))
	w.member("helpful_count", jsontext.Int(item.Helpful))
	w.member("harmful_count", jsontext.Int(item.Harmful))
	w.member("created_at", jsontext.String(item.CreatedAt))
	if item.LastUsed == nil {
		w.member("last_used", jsontext.Null)
	} else {
		w.member("last_used", jsontext.String(*item.LastUsed))
	}
	w.token(jsontext.String("source_trials"))
	w.token(jsontext.BeginArray)
	for _, number := range item.SourceTrials {
		w.token(jsontext.Int(number))
	}
	w.token(jsontext.EndArray)
	w.token(jsontext.String("tags"))
	w.token(jsontext.BeginArray)
	for _, tag := range item.Tags {
		w.token(jsontext.String(tag))
	}
	w.token(jsontext.EndArray)
	w.members(item.Extra)
	w.token(jsontext.EndObject)
}
