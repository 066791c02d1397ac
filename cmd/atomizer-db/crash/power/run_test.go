package power_test

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// run is a scenario that has run under strace, and ended well.
type run struct {
	stage
	calls     []call // that concern the folder, or acknowledge
	decisive  []call // of these, those that make something durable, visible or acknowledged
	disk      *disk
	answers   []answer
	playbooks []string // what playbook.json was, one after the other
	final     ledger
}

// answer is what a program has said at one moment: a part of its answers.
type answer struct {
	span
	source, text string
}

func (s scenario) run(t *testing.T) *run {
	t.Helper()
	r := &run{stage: s.stage(t)}
	var err error
	if r.disk, err = newDisk(r.root); err != nil {
		t.Fatal(err)
	}
	r.record(t)
	calls, err := readTrace(r.trace)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range calls {
		r.add(t, c)
	}
	if err := r.disk.compare(); err != nil {
		t.Fatalf("the model of the disk is wrong: %v", err)
	}
	if r.final, err = readLedger(t.Context(), filepath.Join(r.root, r.database)); err != nil {
		t.Fatal(err)
	}
	r.allAcknowledged(t)
	for _, f := range r.disk.files(r.playbook()) {
		r.playbooks = append(r.playbooks, string(f.now))
	}
	return r
}

// allAcknowledged fails where a run has recorded an event that it did not acknowledge.
func (r *run) allAcknowledged(t *testing.T) {
	t.Helper()
	acknowledged := r.acknowledged(math.MaxInt)
	slices.Sort(acknowledged)
	acknowledged = slices.Compact(acknowledged)
	if len(acknowledged) == 0 || len(acknowledged) > len(r.final.keys) {
		t.Fatalf("%d events acknowledged, and %d recorded", len(acknowledged), len(r.final.keys))
	}
	recorded := slices.Clone(r.final.keys[len(r.final.keys)-len(acknowledged):])
	slices.Sort(recorded)
	if !slices.Equal(recorded, acknowledged) {
		t.Fatalf("acknowledged: %q\nrecorded: %q", acknowledged, recorded)
	}
}

// add follows a call, in the order of the trace.
func (r *run) add(t *testing.T, c call) {
	t.Helper()
	if len(c.args) > 1 && c.name == "write" && filepath.Dir(c.args[0]) == r.out {
		r.answers = append(r.answers, answer{c.span, filepath.Base(c.args[0]), c.args[1]})
		r.calls, r.decisive = append(r.calls, c), append(r.decisive, c)
		return
	}
	if !slices.ContainsFunc(append([]string{c.result}, c.args...), func(text string) bool { return r.disk.below(text) != "" }) {
		return
	}
	if err := r.disk.replay(c); err != nil {
		t.Fatal(err)
	}
	r.calls = append(r.calls, c)
	if !strings.HasPrefix(c.name, "open") && !strings.Contains(c.name, "write") {
		r.decisive = append(r.decisive, c)
	}
}

// playbook is the path of playbook.json below the folder.
func (r *run) playbook() string { return strings.TrimSuffix(r.database, ".db") + ".json" }

// acknowledged returns the keys of the events that were acknowledged before a line of the
// trace. Bytes count from the moment at which they are handed over.
func (r *run) acknowledged(line int) (keys []string) {
	said := map[string]string{}
	for _, a := range r.answers {
		if a.begun(line) {
			said[a.source] += a.text
		}
	}
	for source, text := range said {
		for i := range strings.Count(text, "\n") {
			if _, numbered := r.sources[source]; numbered {
				if i > 0 { // the first line of a session is no answer
					keys = append(keys, key(source, i-1))
				}
			} else {
				keys = append(keys, strings.Split(text, "\n")[i])
			}
		}
	}
	return keys
}
