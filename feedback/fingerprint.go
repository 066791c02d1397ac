package feedback

import (
	"crypto/sha256"
	"strings"

	"atomizer-db/feedback/playbook"
)

// fingerprint is the same for two insights of one category that say the same:
// ASCII letters are folded to lower case, runs of white space become one space
// and none at the ends; in mistakes each run of digits counts as one "#", so
// that "element 12 failed" and "element 977 failed" are one mistake.
//
// It is a digest, so that a long text is found as fast as a short one.
func fingerprint(category playbook.Category, content string) []byte {
	sum := sha256.Sum256([]byte(normalize(category, content)))
	return sum[:16]
}

func normalize(category playbook.Category, content string) string {
	words := strings.FieldsFunc(foldASCII(content), isSpace)
	folded := strings.Join(words, " ")
	if category != playbook.Mistake {
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

// isSpace knows the white space that fingerprints fold: ASCII's, no more.
func isSpace(r rune) bool {
	return r == ' ' || ('\t' <= r && r <= '\r')
}

// foldASCII turns A to Z into lower case and leaves all other letters alone.
func foldASCII(text string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + ('a' - 'A')
		}
		return r
	}, text)
}
