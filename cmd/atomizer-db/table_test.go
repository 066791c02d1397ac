package main

import "testing"

// TestColumnsOfTextShareATerminal checks that they fit together, and that a short one
// leaves its room to the others.
func TestColumnsOfTextShareATerminal(t *testing.T) {
	columns := []column{{name: "study", text: true}, {name: "trial", number: true}, {name: "error", text: true}}
	for _, test := range []struct{ study, wantStudy, wantError int }{
		{100, 34, 35},
		{8, 34, 61},
	} {
		configs := layout(columns, []int{test.study, 5, 200}, 80)
		if study, message := configs[0].WidthMax, configs[2].WidthMax; study != test.wantStudy || message != test.wantError {
			t.Errorf("a study of %d columns: cut to %d, and the error to %d", test.study, study, message)
		}
	}
}
