package event_test

import (
	"testing"

	"atomizer-db/feedback/event"
)

const plainTrial = `{"type": "trial", "trial_number": 4711, "design_variables": {"a1": 31.52, "a2": 0.1, "a3": 23.2, "a4": 15.22}, ` +
	`"context_items_used": ["str-00001", "mis-00002", "dom-00003"], "duration_seconds": 41.5, "success": true, "objective_value": 5060.9}`

func BenchmarkDecode(b *testing.B) {
	for name, line := range map[string]string{
		"plain":     plainTrial,
		"type last": `{` + plainTrial[len(`{"type": "trial", `):len(plainTrial)-1] + `, "type": "trial"}`,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := event.Decode([]byte(line)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkEncode(b *testing.B) { benchmark(b, event.Encode) }
func BenchmarkDigest(b *testing.B) { benchmark(b, event.Digest) }

func BenchmarkEncodeVariables(b *testing.B) {
	benchmark(b, func(e event.Event) []byte { return []byte(event.EncodeVariables(e.(event.Trial).DesignVariables)) })
}

func benchmark(b *testing.B, do func(event.Event) []byte) {
	b.Helper()
	e, err := event.Decode([]byte(plainTrial))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		do(e)
	}
}
