package playbook_test

import (
	"testing"

	"atomizer-db/feedback/playbook"
)

func TestGeneralize(t *testing.T) {
	for _, c := range []struct {
		said   []string // by the trials, in order
		trials int64
		want   string
	}{
		{[]string{"stress 251 exceeds 250"}, 1, "stress 251 exceeds 250"},
		{[]string{"stress 251 exceeds 250"}, 0, "stress 251 exceeds 250"},
		{[]string{"stress 251 exceeds 250", "stress 251 exceeds 250"}, 2, "stress 251 exceeds 250 (2 trials)"},
		{[]string{"stress 300 exceeds 250", "stress 541 exceeds 250", "stress 251 exceeds 250"}, 133, "stress … exceeds 250 (133 trials, 251 to 541)"},
		{[]string{"node 2 deflects 2.01 in", "node 10 deflects 2.5 in"}, 2, "node … deflects … in (2 trials, 2 to 10, 2.01 to 2.5)"},
		{[]string{"no convergence", "no convergence"}, 5, "no convergence (5 trials)"},
		{[]string{"7", "9 and 3"}, 2, "7 (2 trials)"},
	} {
		ranges := playbook.NumbersOf(c.said[0])
		for _, text := range c.said[1:] {
			ranges.Widen(text)
		}
		if got := playbook.Generalize(c.said[0], ranges, c.trials); got != c.want {
			t.Errorf("%q: got %q, want %q", c.said, got, c.want)
		}
	}
	if got := playbook.Generalize("look at element 7 first", playbook.NumbersOf("1 and 2"), 3); got != "look at element 7 first (3 trials)" {
		t.Errorf("an edited text is shown as %q", got)
	}
}
