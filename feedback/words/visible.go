package words

import (
	"fmt"
	"strings"
	"unicode"
)

// Visible returns text on one line, with the characters as escapes that control a
// terminal or the direction of text or that hide text, so that what others wrote cannot
// change how the text around it looks, and shows all that it says.
func Visible(text string) string {
	if !strings.ContainsFunc(text, controls) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case unicode.IsControl(r):
			fmt.Fprintf(&b, `\x%02x`, r)
		case r > 0xffff && controls(r):
			fmt.Fprintf(&b, `\U%08x`, r)
		case controls(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// controls reports whether a character controls a terminal, lines or the direction of text, or
// is invisible. The joiners, which some scripts and emoji need, and the soft hyphen are not
// among them.
func controls(r rune) bool {
	switch {
	case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
		return true
	case r == '\u2028', r == '\u2029': // end a line
		return true
	case r == '\u200b', r == '\u2060', r == '\ufeff', 0xe0000 <= r && r <= 0xe007f: // no width; tags
		return true
	}
	return false
}
