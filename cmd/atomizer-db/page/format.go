package page

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"atomizer-db/feedback/course"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/words"
)

// number formats a value with six significant digits.
func number(value float64) string { return strconv.FormatFloat(value, 'g', 6, 64) }

// brief formats a value with four significant digits, where space is short.
func brief(value float64) string { return strconv.FormatFloat(value, 'g', 4, 64) }

func objective(value *float64) string {
	if value == nil {
		return "–"
	}
	return number(*value)
}

func percent(share float64) string { return words.Percent(share, 1) }

func rate(successes, trials int64) string {
	if trials == 0 {
		return "–"
	}
	return percent(float64(successes) / float64(trials))
}

// plural returns a number with its noun. Digits are grouped, as numbers may be long.
func plural(n int64, noun string) string {
	text := words.Count(n, noun)
	return grouped(n) + strings.TrimPrefix(text, strconv.FormatInt(n, 10))
}

// grouped writes a number with a comma before each three digits.
func grouped(n int64) string {
	text := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, text = "−", text[1:]
	}
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return sign + text
}

// longest is the length to which a text is cut where space is short, in code points.
const longest = 200

// shown returns the beginning of a text for a line.
func shown(text string) string { return cut(text, longest) }

// cut returns the first n code points of a text as [whole] does, on one line.
func cut(text string, n int) string {
	if short := words.Cut(text, n); len(short) < len(text) {
		text = short + "…"
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, whole(text))
}

// isLong reports whether a text is cut where it is shown.
func isLong(text string) bool {
	return utf8.RuneCountInString(text) > longest || strings.ContainsAny(text, "\n\r")
}

// whole returns a text without control characters that would change the text around it.
func whole(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case isHidden(r):
			return '\uFFFD'
		}
		return r
	}, text)
}

// named returns the name of a study, also of one whose name cannot be seen.
func named(study string) string {
	if strings.TrimSpace(study) == "" {
		return `the study "` + shown(study) + `"`
	}
	return shown(study)
}

// variable formats the value of a design variable.
func variable(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case string:
		return v
	case event.Number:
		return string(v)
	}
	return fmt.Sprint(value)
}

// day formats a time of the database to the second.
func day(time string) string {
	if len(time) < 19 {
		return time
	}
	return time[:10] + " " + time[11:19]
}

func dayOf(us int64) string { return time.UnixMicro(us).UTC().Format(time.DateTime) }

// machine formats a time for machines.
func machine(us int64) string { return time.UnixMicro(us).UTC().Format(time.RFC3339) }

// ago says how long ago a time was. The script says it the same way while time passes.
func ago(at time.Time, us int64) string {
	seconds := at.Sub(time.UnixMicro(us)).Seconds()
	for _, unit := range []struct {
		name    string
		seconds float64
	}{{"day", 86400}, {"hour", 3600}, {"minute", 60}} {
		if seconds >= unit.seconds {
			return words.Count(int64(seconds/unit.seconds), unit.name) + " ago"
		}
	}
	return "just now"
}

// quietAfter is the number of seconds after which a study is quiet: ten times what passes
// between two of its events, but at least ten minutes.
func quietAfter(gap float64) int64 { return int64(max(600, min(10*gap, 1e9))) }

// isQuiet reports whether a study has gone quiet that was not finalized.
func isQuiet(at time.Time, c *course.Course) bool {
	return !c.Last.End && at.Sub(time.UnixMicro(c.Last.TimeUS)).Seconds() > float64(quietAfter(c.Gap))
}

// isHidden reports whether a character changes the text around it instead of being shown.
func isHidden(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }

// isPlain reports whether no shell reads more than a letter from a character.
func isPlain(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("_./:=@%+,-", r)
}

// quoted returns an argument as a POSIX shell reads it. Zsh would replace =ls by the path of ls,
// so that is quoted, too. Characters that a terminal would not
// show are written as printf(1) does, in a form that bash, zsh and ksh read.
func quoted(arg string) string {
	if arg != "" && arg[0] != '=' && !strings.ContainsFunc(arg, func(r rune) bool { return !isPlain(r) }) {
		return arg
	}
	if !strings.ContainsFunc(arg, isHidden) {
		return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
	}
	var b strings.Builder
	b.WriteString("$'")
	for _, r := range arg {
		switch {
		case r == '\'' || r == '\\':
			b.WriteString(`\` + string(r))
		case isHidden(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteString("'")
	return b.String()
}
