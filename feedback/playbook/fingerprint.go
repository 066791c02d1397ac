package playbook

import (
	"crypto/sha256"
	"strings"

	"atomizer-db/feedback/words"
)

// Fingerprint returns the same digest for two insights of one category that say
// the same: ASCII letters are folded to lower case, runs of white space become
// one space and are dropped at the ends, and in mistakes each run of digits
// counts as one "#", so that "element 12 failed" and "element 977 failed" are
// one mistake.
func Fingerprint(category Category, content string) []byte {
	sum := sha256.Sum256([]byte(normalize(category, content)))
	return sum[:16]
}

func normalize(category Category, content string) string {
	folded := strings.Join(strings.FieldsFunc(words.FoldASCII(content), isSpace), " ")
	if category != Mistake {
		return folded
	}
	var b strings.Builder
	inDigits := false
	for _, r := range folded {
		digit := '0' <= r && r <= '9'
		switch {
		case digit && !inDigits:
			b.WriteByte('#')
		case !digit:
			b.WriteRune(r)
		}
		inDigits = digit
	}
	return b.String()
}

// isSpace reports whether r is white space in ASCII, the only white space that
// fingerprints fold.
func isSpace(r rune) bool {
	return r == ' ' || ('\t' <= r && r <= '\r')
}
