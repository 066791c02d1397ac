package ace

import (
	"fmt"
	"strconv"
	"strings"

	"atomizer-db/feedback/playbook"
	"atomizer-db/feedback/words"
)

// counts are those of a bullet.
type counts struct {
	found                     bool
	helpful, harmful, neutral int64
}

var (
	before   = words.Pattern(`^(?:[-–—|][ \t]*|:[ \t]+)?`) // what may stand before counts
	dash     = words.Pattern(`^[-–—][ \t]+`)
	counter  = words.Pattern("(?i)^(helpful|harmful|neutral)[ \t]*([=:])[ \t]*([^\\s,;:|()*_`]*)[\\s,;|]*")
	trailing = words.Pattern(`(?is)^(.*?)[ \t]*\(\s*((?:helpful|harmful|neutral)[ \t]*[=:][ \t]*[0-9]+(?:[\s,;|]+(?:helpful|harmful|neutral)[ \t]*[=:][ \t]*[0-9]+)*)\s*\)\s*$`)
)

// leadingCounts reads the counts at the beginning of a text, and returns what follows.
// They are written as `helpful=3 harmful=4`, `helpful: 3, harmful: 4`, or in parentheses.
func leadingCounts(text string) (c counts, rest string, err error) {
	rest, inParentheses := strings.CutPrefix(text[len(before().FindString(text)):], "(")
	rest = strings.TrimLeft(rest, " \t")
	named := map[string]bool{}
	certain := inParentheses
	for {
		found := counter().FindStringSubmatch(rest)
		if found == nil {
			break
		}
		name := strings.ToLower(found[1])
		number, err := strconv.ParseInt(found[3], 10, 64)
		if err != nil || number < 0 || number > playbook.LargestCount {
			if found[2] == ":" {
				break // "Helpful: see the manual"
			}
			return c, text, fmt.Errorf("%s must be a number of 0 or more, not %q", name, found[3])
		}
		named[name] = true
		certain = certain || found[2] == "="
		c.set(name, number)
		rest = rest[len(found[0]):]
	}
	if inParentheses {
		after, closed := strings.CutPrefix(rest, ")")
		if !closed {
			return counts{}, text, nil
		}
		rest = strings.TrimLeft(after, " \t")
	}
	certain = certain || (named["helpful"] && named["harmful"]) || strings.HasPrefix(rest, "::")
	if len(named) == 0 || !certain {
		return counts{}, text, nil
	}
	return c, rest[len(dash().FindString(rest)):], nil
}

// trailingCounts reads the counts in parentheses at the end of a text.
func trailingCounts(text string) (c counts) {
	found := trailing().FindStringSubmatch(text)
	if found == nil {
		return c
	}
	c, _, err := leadingCounts("(" + strings.TrimSpace(found[2]) + ")")
	if err != nil {
		return counts{}
	}
	return c
}

// withoutTrailing returns a text without the counts at its end.
func withoutTrailing(text string) string { return trailing().FindStringSubmatch(text)[1] }

func (c *counts) set(name string, number int64) {
	c.found = true
	switch name {
	case "helpful":
		c.helpful = number
	case "harmful":
		c.harmful = number
	default:
		c.neutral = number
	}
}
