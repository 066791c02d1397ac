package page

import "testing"

func TestEveryStudyHasAVisibleName(t *testing.T) {
	for study, want := range map[string]string{"": `the study ""`, "  ": `the study "  "`, "\t": `the study " "`, "bracket": "bracket"} {
		if got := named(study); got != want {
			t.Errorf("%q is shown as %q", study, got)
		}
	}
}

func TestArgumentsOfCommandsAreQuoted(t *testing.T) {
	for arg, want := range map[string]string{"a=b": "a=b", "=ls": "'=ls'", "": "''", "it's": `'it'\''s'`, "\x01": `$'\u0001'`} {
		if got := quoted(arg); got != want {
			t.Errorf("%q is quoted as %s", arg, got)
		}
	}
}
