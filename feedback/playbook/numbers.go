package playbook

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"atomizer-db/feedback/words"
)

// number matches a number in a text, without its sign.
var number = words.Pattern(`[0-9]+(?:\.[0-9]+)?`)

// Range is a number in a text that repeats with other numbers: the lowest and the highest,
// as they were written.
type Range struct{ Low, High string }

// Ranges are the numbers of a text, in their order.
type Ranges []Range

// NumbersOf returns the numbers in a text, each as the range of itself.
func NumbersOf(text string) Ranges {
	found := number().FindAllString(text, -1)
	ranges := make(Ranges, len(found))
	for i, n := range found {
		ranges[i] = Range{n, n}
	}
	return ranges
}

// Widen makes the ranges contain the numbers of a text that says the same with other
// numbers. widened is false if they already did, or if the text has more or fewer numbers.
func (r Ranges) Widen(text string) (widened bool) {
	found := number().FindAllString(text, -1)
	if len(found) != len(r) {
		return false
	}
	for i, n := range found {
		if less(n, r[i].Low) {
			r[i].Low, widened = n, true
		}
		if less(r[i].High, n) {
			r[i].High, widened = n, true
		}
	}
	return widened
}

// Join returns the ranges that contain both. The texts have the same count of numbers.
func (r Ranges) Join(other Ranges) Ranges {
	joined := slices.Clone(r)
	for i := range min(len(r), len(other)) {
		if less(other[i].Low, r[i].Low) {
			joined[i].Low = other[i].Low
		}
		if less(r[i].High, other[i].High) {
			joined[i].High = other[i].High
		}
	}
	return joined
}

func less(a, b string) bool {
	x, _ := strconv.ParseFloat(a, 64) // too large a number is infinite
	y, _ := strconv.ParseFloat(b, 64)
	return x < y
}

// Generalize returns a mistake as it is shown: what it said first, with "…" for each number
// that differs between the trials that it was learned from, followed by their number and the
// ranges, such as "stress … exceeds 250 (133 trials, 251 to 541)". A mistake that was
// learned from at most one trial stays as it is.
func Generalize(content string, ranges Ranges, trials int64) string {
	if trials <= 1 {
		return content
	}
	said := []string{words.Count(trials, "trial")}
	places := number().FindAllStringIndex(content, -1)
	if len(places) != len(ranges) {
		places = nil // its text was changed
	}
	var b strings.Builder
	last := 0
	for i, place := range places {
		if ranges[i].Low == ranges[i].High {
			continue
		}
		b.WriteString(content[last:place[0]] + "…")
		last = place[1]
		said = append(said, fmt.Sprintf("%s to %s", ranges[i].Low, ranges[i].High))
	}
	b.WriteString(content[last:])
	return b.String() + " (" + strings.Join(said, ", ") + ")"
}
