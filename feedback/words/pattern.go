package words

import (
	"regexp"
	"sync"
)

// Pattern returns a regular expression that is compiled when it is first used, because a
// program that compiles what it may not need starts later.
func Pattern(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
