package skillbook

import (
	"regexp"
	"slices"
	"strings"

	"atomizer-db/feedback/words"
)

var fence = words.Pattern("^[ \t]*(```+|~~~+)(.*)$")

// contentIn reports for each line of a file whether it is content of the skill that it is
// in, whatever it looks like: it is in a block of code, or a heading of a section before the
// line with the counts of the skill.
func contentIn(lines []string) []bool {
	in := fenced(lines)
	begin := -1
	for n, line := range lines {
		switch {
		case in[n]:
		case skillID().MatchString(line):
			begin = n
		case begin >= 0 && tags().MatchString(line):
			for i := begin; i < n; i++ {
				in[i] = in[i] || header().MatchString(lines[i])
			}
			begin = -1
		}
	}
	return in
}

// fenced reports for each line whether it is in a block of code. One that is not closed
// before the next skill is none.
func fenced(lines []string) []bool {
	in := make([]bool, len(lines))
	begin, mark := -1, ""
	for n, line := range lines {
		found := fence().FindStringSubmatch(line)
		switch {
		case skillID().MatchString(line):
			begin = -1
		case found == nil:
		case begin < 0:
			begin, mark = n, found[1]
		case strings.HasPrefix(found[1], mark) && strings.TrimSpace(found[2]) == "":
			for i := begin; i <= n; i++ {
				in[i] = true
			}
			begin = -1
		}
	}
	return in
}

// unlike indents the lines of a text, but not the first and those in blocks of code, that
// would be read as something else.
func unlike(text string, marks ...*regexp.Regexp) string {
	lines := strings.Split(text, "\n")
	code := fenced(lines)
	for n, line := range lines[1:] {
		if !code[n+1] && slices.ContainsFunc(marks, func(mark *regexp.Regexp) bool { return mark.MatchString(line) }) {
			lines[n+1] = "    " + strings.TrimSpace(line)
		}
	}
	return strings.Join(lines, "\n")
}
