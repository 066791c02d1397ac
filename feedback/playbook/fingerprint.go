package playbook

import (
	"crypto/sha256"
	"strings"

	"atomizer-db/feedback/words"
)

// Fingerprint returns a digest that is the same for two insights of one category that
// say the same. It ignores the case of ASCII letters. Runs of white space count as one
// space, and as nothing at the ends. In mistakes, each run of digits counts as one "#",
// so that "element 12 failed" and "element 977 failed" are the same mistake.
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

// isSpace reports whether r is ASCII white space. Fingerprints do not fold other white
// space.
func isSpace(r rune) bool {
	return r == ' ' || ('\t' <= r && r <= '\r')
}
