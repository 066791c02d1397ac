package ace

import (
	"slices"
	"strings"
	"unicode/utf8"

	"atomizer-db/feedback/words"
)

var (
	header  = words.Pattern(`^ {0,3}(#[ \t]+|##+[ \t]*)(.*?)[ \t]*#*$`)
	rule    = words.Pattern(`^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$`)
	beneath = words.Pattern(`^ {0,3}(={2,}|-{2,})[ \t]*$`) // a heading that is the line before
	fence   = words.Pattern("^[ \t]*(```+|~~~+)(.*)$")
	neutral = words.Pattern(`(?i)^[ \t]*<!--[ \t]*neutral[ \t]*[=:][ \t]*([0-9]+)[ \t]*-->[ \t]*$`)
	counted = words.Pattern(`(?i)\bhelpful[ \t]*[=:][ \t]*[0-9].*\bharmful[ \t]*[=:][ \t]*[0-9]`)

	// A bullet is an id in brackets, or one that is set off in bold or in backticks.
	// Before it may stand the marks of a quotation and of a list.
	bracketed = words.Pattern("^((?:[ \t>]|(?:[-*+•]|[0-9]+[.)]|\\[[ xX]\\])[ \t]+)*)([*_`\"'“„‘«]*)\\[[*_`]*([^\\]\n*`]+)[*_`]*\\](.*)$")
	setOff    = words.Pattern("^((?:[ \t>]|(?:[-*+•]|[0-9]+[.)]|\\[[ xX]\\])[ \t]+)*)((?:[*_]*`|\\*\\*|__)[*_]*)([^\\s\\[\\]*`]+?)([*_`]+)(.*)$")
	listMark  = words.Pattern(`^([ \t]*)(?:>[ \t>]*)?((?:(?:[-*+•]|[0-9]+[.)]|\[[ xX]\])[ \t]+)*)`)
	plainID   = words.Pattern(`^[\pL_][\pL\pN_.]*(?:-[\pL\pN_.]+)*-[0-9]+$`)
	longID    = words.Pattern(`^[\pL_][\pL\pN_.]*(?:-[\pL\pN_.]+)*-[0-9]{3,}$`)
	anyID     = words.Pattern(`^\S*\pL\S*-[0-9]{3,}$`) // in brackets: skillbooks make ids of any section
	link      = words.Pattern(`^(?:\(|\[|:[ \t]*(?:<|[a-zA-Z][a-zA-Z0-9+.-]*://|\.{0,2}/|#|www\.))`)
	separator = words.Pattern(`^[ \t]*(?:::?|—|–|-[ \t])`)
)

// match is the first line of a bullet.
type match struct {
	marker string // of a list, with the indentation
	id     string
	counts counts
	text   string // the first line of its content
}

// matchBullet reads the first line of a bullet: one with counts, or with an id that ends
// in a number. The error is about a count.
func matchBullet(line string) (m match, ok bool, err error) {
	bare := false
	found := bracketed().FindStringSubmatch(line)
	if found == nil {
		if found = setOff().FindStringSubmatch(line); found == nil {
			return m, false, nil
		}
		found, bare = slices.Delete(found, 4, 5), true
	}
	lead, wrap, id, rest := found[1], found[2], strings.TrimSpace(found[3]), found[4]
	if id == "" {
		return m, false, nil // "[ ]" is a checkbox
	}
	if bare {
		wrap = ""
		if cut, colon := strings.CutSuffix(id, ":"); colon {
			id, rest = cut, ":"+rest
		}
		if !plainID().MatchString(id) {
			return m, false, nil
		}
	}
	if cut, closed := strings.CutPrefix(rest, reverse(wrap)); closed {
		rest, wrap = cut, ""
	}
	text := strings.TrimLeft(rest, " \t")
	m = match{marker: markerOf(lead), id: id}
	m.counts, m.text, err = leadingCounts(text)
	if err != nil {
		return m, true, err
	}
	switch {
	case m.counts.found:
	case link().MatchString(rest) || (bare && !longID().MatchString(id)) || (bare && !separator().MatchString(rest)):
		return m, false, nil
	case !plainID().MatchString(id) && !anyID().MatchString(id) && !trailingCounts(text).found:
		return m, false, nil
	}
	if wrap != "" {
		closing := reverse(wrap)
		if cut, closed := strings.CutPrefix(m.text, closing); closed {
			m.text = cut
		} else {
			m.text = strings.TrimSuffix(strings.TrimRight(m.text, " \t"), closing)
		}
	}
	m.text = strings.TrimLeft(m.text, " \t")
	if bare && !m.counts.found {
		m.text = m.text[len(separator().FindString(m.text)):]
	} else if cut, ok := strings.CutPrefix(m.text, "::"); ok {
		m.text = cut
	} else if cut, ok := strings.CutPrefix(m.text, ":"); ok {
		m.text = cut
	}
	m.text = strings.TrimLeft(m.text, " \t")
	return m, true, nil
}

// markerOf returns the indentation and the marker of a list, without those of a
// quotation.
func markerOf(lead string) string {
	if !strings.Contains(lead, ">") {
		return lead
	}
	return listMark().FindStringSubmatch(lead)[2]
}

// reverse returns what closes a text that begins with the given marks.
func reverse(marks string) string {
	closing := []rune(strings.NewReplacer("“", "”", "„", "“", "‘", "’", "«", "»").Replace(marks))
	slices.Reverse(closing)
	return string(closing)
}

// marked reports whether a line is something else than the text of an item.
func marked(line string) bool {
	_, begins, _ := matchBullet(line)
	return begins || isHeader(line) || beneath().MatchString(line) || rule().MatchString(line) || fence().MatchString(line) || neutral().MatchString(line) || counted().MatchString(line)
}

func isHeader(line string) bool {
	h := header().FindStringSubmatch(line)
	return h != nil && h[2] != ""
}

// underlined reports whether a line is a heading because of the line below it: equals
// signs, or at least as many dashes as it is long. Fewer dashes are a rule.
func underlined(line, below string) bool {
	under := beneath().FindStringSubmatch(below)
	title := strings.TrimSpace(line)
	if under == nil || title == "" || listMark().FindStringSubmatch(line)[2] != "" || marked(line) {
		return false
	}
	return under[1][0] == '=' || utf8.RuneCountInString(title) <= len(under[1])
}
