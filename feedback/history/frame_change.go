package history

import (
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/event"
	"atomizer-db/store"
)

// frameChanges returns all frames as changes, in the order of their first import.
func frameChanges(rx store.Reader) ([]event.FrameChange, error) {
	frames, err := rx.Frames()
	if err != nil {
		return nil, err
	}
	items, err := rx.FrameItems()
	if err != nil {
		return nil, err
	}
	of := map[int64][]event.FramedItem{}
	for _, item := range items {
		of[item.Frame] = append(of[item.Frame], event.FramedItem{ID: item.ID, Content: jsontext.Value(item.Content)})
	}
	changes := make([]event.FrameChange, len(frames))
	for i, f := range frames {
		changes[i] = event.FrameChange{
			Nth: i + 1, Path: f.Path, Format: f.Format, Digest: hex.EncodeToString(f.Digest), Content: jsontext.Value(f.Content),
			Items: append([]event.FramedItem{}, of[f.ID]...),
		}
	}
	return changes, nil
}

func equalFrames(a, b event.FrameChange) bool {
	return a.Path == b.Path && a.Format == b.Format && a.Digest == b.Digest && string(a.Content) == string(b.Content) &&
		slices.EqualFunc(a.Items, b.Items, func(x, y event.FramedItem) bool { return x.ID == y.ID && string(x.Content) == string(y.Content) })
}

// setFrames stores the frames of a change.
func (a *applier) setFrames() error {
	if len(a.change.Frames) == 0 {
		return nil
	}
	known, err := a.tx.Frames()
	if err != nil {
		return err
	}
	for n, change := range a.change.Frames {
		place := fmt.Sprintf("frames[%d]", n)
		if format := Format(change.Format); !slices.Contains(ImportFormats, format) || format.OfStudies() {
			return &event.FieldError{Field: place + ".format", Problem: fmt.Sprintf("%q is not a format of playbooks", change.Format)}
		}
		digest, err := hex.DecodeString(change.Digest)
		if err != nil {
			return err
		}
		frame := store.Frame{Path: change.Path, Format: change.Format, Digest: digest, Content: string(change.Content)}
		if change.Nth <= len(known) {
			frame.ID = known[change.Nth-1].ID
		}
		items := make([]store.FrameItem, len(change.Items))
		for i, item := range change.Items {
			if err := json.Unmarshal(item.Content, new(imported)); err != nil {
				return &event.FieldError{Field: fmt.Sprintf("%s.items[%d].content", place, i), Problem: "is not an item as a file has it: " + err.Error()}
			}
			here, found, err := a.tx.Item(item.ID)
			if err != nil {
				return err
			}
			if !found {
				return store.Fail(store.ErrNotFound, "frames: the playbook has no item %q", item.ID)
			}
			items[i] = store.FrameItem{Item: here.No, Content: string(item.Content)}
		}
		if err := a.tx.SetFrame(frame, items); err != nil {
			return err
		}
	}
	return nil
}
