package event

import (
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/jsonerr"
	"atomizer-db/feedback/playbook"
)

var itemChanges = kind[[]ItemChange]{
	what: listOfObjects,
	read: func(d *decoder, field string) (list []ItemChange, err error) {
		return list, d.members(field, listOfObjects, '[', &list)
	},
	check: checkItemChanges,
	write: func(w *encoder, list []ItemChange) { w.value(encodeMembers(list)) },
}

var frameChanges = kind[[]FrameChange]{
	what: listOfObjects,
	read: func(d *decoder, field string) (list []FrameChange, err error) {
		return list, d.members(field, listOfObjects, '[', &list)
	},
	check: checkFrameChanges,
	write: func(w *encoder, list []FrameChange) { w.value(encodeMembers(list)) },
}

var lastNumbers = kind[map[string]int64]{
	what: anObject,
	read: func(d *decoder, field string) (numbers map[string]int64, err error) {
		return numbers, d.members(field, anObject, '{', &numbers)
	},
	check: func(field string, numbers map[string]int64) error {
		prefixes := slices.Sorted(maps.Keys(numbers))
		for _, prefix := range prefixes {
			if number := numbers[prefix]; number < 0 {
				return wrong(field+"."+prefix, "must be 0 or more, not %d", number)
			}
		}
		return checkTexts(field, prefixes)
	},
	write: func(w *encoder, numbers map[string]int64) { w.value(encodeMembers(numbers)) },
}

var hexadecimal = textThat(func(field, text string) error {
	if _, err := hex.DecodeString(text); err != nil {
		return wrong(field, "%q is not in hexadecimal digits", text)
	}
	return nil
})

// members reads a value whose members have names that only this package knows.
func (d *decoder) members(field, what string, kind jsontext.Kind, into any) error {
	value, err := d.raw(field, what, kind)
	if err != nil {
		return err
	}
	err = json.Unmarshal(value, into, json.RejectUnknownMembers(true))
	failed, ok := errors.AsType[*json.SemanticError](err)
	if !ok {
		return err
	}
	place := field
	for token := range failed.JSONPointer.Tokens() {
		if n, err := strconv.Atoi(token); err == nil && kind == '[' && place == field {
			place = element(place, n)
		} else {
			place += "." + token
		}
	}
	switch {
	case errors.Is(failed.Err, json.ErrUnknownName):
		return wrong(place, "is not known here")
	case failed.Err != nil:
		return wrong(place, "%v", failed.Err)
	}
	return wrong(place, "cannot be %s", jsonerr.KindName(failed.JSONKind))
}

func encodeMembers(value any) jsontext.Value {
	text, err := json.Marshal(value, json.Deterministic(true), jsontext.PreserveRawStrings(true))
	if err != nil {
		panic(impossible(err))
	}
	return text
}

func checkItemChanges(field string, list []ItemChange) error {
	for i, item := range list {
		if err := item.check(element(field, i)); err != nil {
			return err
		}
	}
	return nil
}

func (i ItemChange) check(field string) error {
	for name, text := range map[string]*string{"id": &i.ID, "content": i.Content, "created_at": i.CreatedAt} {
		if text == nil {
			continue
		}
		if err := CheckText(field+"."+name, *text); err != nil {
			return err
		}
	}
	if i.Category != nil {
		if err := CheckCategory(field+".category", *i.Category); err != nil {
			return err
		}
	}
	if _, err := i.LastUse(); err != nil {
		return wrong(field+".last_used", "%v", err)
	}
	if err := checkOtherFields(field+".fields", i.Fields, playbook.ItemFields); err != nil {
		return err
	}
	for name, count := range map[string]int64{"helpful_count": i.Helpful, "harmful_count": i.Harmful} {
		if max(count, -count) > 2*playbook.LargestCount { // from the smallest count to the largest
			return wrong(field+"."+name, "%d is too large for a count", count)
		}
	}
	return checkTexts(field+".tags", i.Tags)
}

// checkOtherFields checks the fields that playbook.json does not define. names are those
// that it does.
func checkOtherFields(field string, value jsontext.Value, names []string) error {
	if value == nil {
		return nil
	}
	if err := playbook.CheckObject(value); err != nil {
		return wrong(field, "%v", err)
	}
	members, err := playbook.ParseMembers(string(value))
	if err != nil {
		return wrong(field, "%v", err)
	}
	for _, m := range members {
		if slices.Contains(names, m.Name) {
			return wrong(field+"."+m.Name, "is a field of its own in playbook.json: leave it out here")
		}
	}
	return nil
}

func checkFrameChanges(field string, list []FrameChange) error {
	for i, frame := range list {
		place := element(field, i)
		if frame.Nth < 1 {
			return tooFew(place+".nth", int64(frame.Nth))
		}
		for name, text := range map[string]string{"path": frame.Path, "format": frame.Format} {
			if err := CheckText(place+"."+name, text); err != nil {
				return err
			}
		}
		if err := hexadecimal.check(place+".digest", frame.Digest); err != nil {
			return err
		}
		if err := playbook.CheckObject(frame.Content); err != nil {
			return wrong(place+".content", "%v", err)
		}
		for n, item := range frame.Items {
			if err := playbook.CheckObject(item.Content); err != nil {
				return wrong(element(place+".items", n)+".content", "%v", err)
			}
		}
	}
	return nil
}

// LastUse returns the text of LastUsed, nil for null.
func (i ItemChange) LastUse() (text *string, err error) {
	if i.LastUsed == nil {
		return nil, nil
	}
	if err := json.Unmarshal(i.LastUsed, &text); err != nil {
		return nil, fmt.Errorf("must be text or null, not %s", i.LastUsed)
	}
	if text != nil {
		err = CheckText("last_used", *text)
	}
	return text, err
}
