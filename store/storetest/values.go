package storetest

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"atomizer-db/store"
)

// texts are texts that an engine could change by mistake.
var texts = []string{
	"", " ", "a  b\t\r\n", `'"\`, `\'`, "%_*?", "$1 ?1 :a @b", "é", "e\u0301", "ß", "İ", "日本語", "👩\u200d🚀", "\u202e", "\ufeff", "\ufffd", "\uffff", "\x01\x7f", "\u0085\u2028",
	"null", "NaN", "1e400", "{}", strings.Repeat("é", 100_000),
}

// objects are JSON objects that keep every byte.
var objects = []string{
	`{}`, `{ }`, "{\n\t\"b\" : 1 ,\"a\":2}", `{"a":1,"a":2}`, `{"a":1.0,"b":1e2,"c":1E+2,"d":-0,"e":-0.0,"f":10000000000000000000000000000000001}`,
	`{"a":"\u00e9\/\u0041\ud83d\ude80"}`, `{"a":"é🚀"}`, `{"":null,"\u0000":"\u0000"}`, `{"a":[[[[{"b":[true,false,null]}]]]]}`, `{"a":1e308,"b":5e-324}`,
	`{"long":"` + strings.Repeat("0123456789", 10_000) + `"}`,
}

func values(run runner) {
	run("texts are kept", func(t *T) {
		var id int64
		t.write(func(w store.Writer) {
			id = study(w, "bracket")
			var entries []store.Entry
			for n, text := range texts {
				e := taught(trial(id, int64(n), false, "item "+text), text)
				e.Outcome.Extractor = text
				e.Errors = []store.ErrorMessage{{Kind: store.SolverError, Class: text, Message: text}}
				entries = append(entries, e)
			}
			record(w, entries...)
		})
		t.read(func(r store.Reader) {
			for n, text := range texts {
				event := int64(n + 1)
				what := fmt.Sprintf("of %.20q", text)
				t.same("the extractor "+what, found(r.Outcome(event)).Extractor, text)
				t.same("the message "+what, got(r.Messages(event, event))[0].Message, text)
				t.same("the class "+what, got(r.Messages(event, event))[0].Class, text)
				t.same("the item "+what, got(r.Namings(event, event))[0].ID, "item "+text)
			}
			for n, insight := range got(r.PendingInsights(id, 0, -1)) {
				t.same(fmt.Sprintf("the insight of %.20q", texts[n]), insight.Content, texts[n])
			}
		})
	})
	run("texts with many rows at once are kept", func(t *T) {
		// An engine may send one row in another way than many.
		for n, text := range texts {
			t.write(func(w store.Writer) {
				e := failed(study(w, "bracket"), int64(n), text)
				e.Items = []string{"item " + text}
				record(w, e)
			})
		}
		t.read(func(r store.Reader) {
			for n, text := range texts {
				event := int64(n + 1)
				t.same(fmt.Sprintf("the message of %.20q", text), got(r.Messages(event, event))[0].Message, text)
				t.same(fmt.Sprintf("the item of %.20q", text), got(r.Namings(event, event))[0].ID, "item "+text)
			}
		})
	})
	run("items are kept", func(t *T) {
		var want []store.Item
		t.write(func(w store.Writer) {
			want = nil
			for n, text := range texts {
				i := store.Item{
					ID: text, Category: "dom", Content: text, Fingerprint: []byte(text), CreatedAt: text, LastUsedAt: &text,
					Tags: `[ "` + fmt.Sprint(n) + `" , "\u0000\u00e9"]`, Extra: &objects[n%len(objects)],
				}
				i.No = got(w.AddItem(i))
				want = append(want, i)
			}
		})
		t.read(func(r store.Reader) {
			list := got(r.Items(true))
			for i := range list {
				list[i].Arrival = 0
			}
			t.same("Items", list, want)
			var ids []string
			for _, i := range want {
				ids = append(ids, i.ID)
				t.same("Item by its id", found(r.Item(i.ID)).No, i.No)
				t.same("Item by its number", got(r.ItemByNumber(i.No)).ID, i.ID)
			}
			t.same("ItemIDs", got(r.ItemIDs()), ids)
		})
	})
	run("JSON is kept byte for byte", func(t *T) {
		t.write(func(w store.Writer) {
			id := study(w, "bracket")
			for n, object := range objects {
				e := trial(id, int64(n), true)
				e.Outcome.DesignVariables, e.Outcome.Details = object, &object
				record(w, e)
				done(w.AddPlaybookChange(object, noon))
				done(w.SetFrame(store.Frame{Path: fmt.Sprint("/", n), Format: "x", Digest: []byte{1}, Content: object}, nil))
			}
		})
		t.read(func(r store.Reader) {
			changes, frames := got(r.PlaybookChanges()), got(r.Frames())
			for n, object := range objects {
				o := found(r.Outcome(int64(n + 1)))
				t.same("design variables", o.DesignVariables, object)
				t.same("details", o.Details, &object)
				t.same("a change of the playbook", changes[n].Content, object)
				t.same("a frame", frames[n].Content, object)
			}
		})
	})
	run("numbers are kept at their limits", func(t *T) {
		floats := []float64{
			0, math.Copysign(0, -1), 1, -1, 0.1, 1.0 / 3, math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, -math.SmallestNonzeroFloat64,
			1 << 53, 1<<53 + 2, math.MaxInt64, math.MinInt64, 1e15, 1e16, 123456789.123456789, 2.2250738585072014e-308,
		}
		integers := []int64{0, 1, -1, math.MaxInt32, math.MinInt32, math.MaxInt32 + 1, 1<<53 + 1, math.MaxInt64, math.MinInt64}
		t.write(func(w store.Writer) {
			id := study(w, "bracket")
			for _, f := range floats {
				e := objective(id, 0, f)
				e.Outcome.DurationSeconds = f
				record(w, e)
			}
			for _, i := range integers {
				e := taught(trial(id, i, true), "x")
				record(w, e, blame(id, i))
			}
		})
		t.read(func(r store.Reader) {
			id := *found(r.Study("bracket"))
			for n, f := range floats {
				o := found(r.Outcome(int64(n + 1)))
				t.same("the objective", o.Objective, &f)
				t.same("the duration", o.DurationSeconds, f)
			}
			insights := got(r.PendingInsights(id, 0, -1))
			for n, i := range integers {
				first := int64(len(floats) + 2*n + 1)
				t.same("the number of an insight", insights[n].TrialNumber, &i)
				t.same("the number of a trial", found(r.Outcome(first)).TrialNumber, i)
				t.same("the number of an error", got(r.Ledger(nil, store.EveryEvent, first, first+1))[0].TrialNumber, &i)
				attempts := got(r.Attempts(id, i))
				t.same("the event of its last attempt", attempts[len(attempts)-1].Event, first)
			}
		})
	})
	run("times are kept to the microsecond", func(t *T) {
		times := []time.Time{
			noon, time.UnixMicro(0), time.UnixMicro(-1), time.UnixMicro(1), time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.UTC),
			time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC), time.Date(1600, 2, 29, 0, 0, 0, 1000, time.UTC),
			time.Date(2026, 1, 31, 12, 0, 0, 0, time.FixedZone("", -3600)),
		}
		t.write(func(w store.Writer) {
			id := study(w, "bracket")
			for n, at := range times {
				e := trial(id, int64(n), true)
				e.Time = at
				record(w, e)
			}
		})
		t.read(func(r store.Reader) {
			for n, at := range times {
				event := int64(n + 1)
				t.same("EventTime", got(r.EventTime(event)), at.UTC())
				t.same("Ledger", got(r.Ledger(nil, store.EveryEvent, event-1, event))[0].TimeUS, at.UnixMicro())
				t.same("RecordedOutcome", found(r.RecordedOutcome(event)).TimeUS, at.UnixMicro())
			}
		})
	})
	run("the character U+0000 is kept or refused", func(t *T) {
		const text = "a\x00b"
		for name, write := range map[string]func(w store.Writer){
			"a message":    func(w store.Writer) { record(w, failed(study(w, "bracket"), 1, text)) },
			"an item's id": func(w store.Writer) { record(w, trial(study(w, "bracket"), 1, true, text)) },
			"a study":      func(w store.Writer) { study(w, text) },
			"an item":      func(w store.Writer) { got(w.AddItem(item(text))) },
			"an insight":   func(w store.Writer) { record(w, taught(trial(study(w, "bracket"), 1, true), text)) },
			"a long list": func(w store.Writer) {
				record(w, failed(study(w, "bracket"), 1, strings.Split(strings.Repeat(text+" ", 100), " ")...))
			},
			"one among many":  func(w store.Writer) { record(w, manyTrials(study(w, "bracket"), text)...) },
			"an input":        func(w store.Writer) { done(w.SetInput("bracket", store.Input{Name: text, Digest: []byte{}})) },
			"a reason":        func(w store.Writer) { done(w.AddReason(happen(w, study(w, "bracket"), store.RetireEvent), text)) },
			"a changed study": func(w store.Writer) { got(w.RenameStudy(study(w, "bracket"), text)) },
		} {
			if err := update(t.Context(), t.Database, write); err != nil && !errors.Is(err, store.ErrUnstorable) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
	run("bytes are kept", func(t *T) {
		all := make([]byte, 256)
		for i := range all {
			all[i] = byte(i)
		}
		t.write(func(w store.Writer) {
			n := item("x")
			n.Fingerprint = all
			got(w.AddItem(n))
			done(w.SetPlaybookFile("playbook.json", store.PlaybookFile{Content: all, Digest: []byte{}, Pending: true, Replaces: all}))
			e := trial(study(w, "bracket"), 1, true)
			e.Key, e.Digest = "key", all
			record(w, e)
		})
		t.read(func(r store.Reader) {
			t.same("a fingerprint", found(r.Item("x")).Fingerprint, all)
			t.same("a file", found(r.PlaybookFile("playbook.json")), &store.PlaybookFile{Content: all, Digest: []byte{}, Pending: true, Replaces: all})
			_, digest, _, err := r.EventByKey(*found(r.Study("bracket")), "key")
			t.same("a digest", got(digest, err), all)
		})
	})
}

// manyTrials are trials of which one has an error message.
func manyTrials(study int64, message string) (entries []store.Entry) {
	for n := range int64(50) {
		entries = append(entries, trial(study, n, true))
	}
	return append(entries, failed(study, 50, message))
}
