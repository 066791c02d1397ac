package ace

import (
	"slices"
	"strings"
)

// fenced reports for each line whether it is in a block of code: between two fences, or
// a fence itself. Where a fence is not closed, the blocks have to be guessed.
func fenced(lines []string) []bool {
	if in, closed := blocks(lines); closed {
		return in
	}
	return guessBlocks(lines)
}

// blocks reads fences as Markdown has them, and reports whether all of them are closed. One
// with a backslash was not, before it was written here.
func blocks(lines []string) (in []bool, closed bool) {
	in = make([]bool, len(lines))
	open, quoted := -1, false
	for n, line := range lines {
		quoted = quoted || fence().MatchString(unquote(line)) && !fence().MatchString(line)
		isFence := fence().MatchString(line)
		in[n] = isFence || open >= 0
		switch {
		case isFence && open < 0:
			open = n
		case isFence && closes(line, lines[open]):
			open = -1
		}
	}
	return in, open < 0 && !quoted
}

// guessBlocks finds the blocks of a text in which a fence is not closed. That fence hides
// nothing. A block can have lines that look like bullets. But if the lines from such a line
// up to the next one have fences in pairs, these are blocks of that bullet, and a fence
// before it is not closed.
func guessBlocks(lines []string) []bool {
	in := make([]bool, len(lines))
	open := -1
	for from := 0; from < len(lines); {
		to := from + 1
		for to < len(lines) && !isBullet(lines[to]) {
			to++
		}
		fences := fencesIn(lines, from, to)
		if len(fences) > 0 && paired(lines, fences) {
			open = -1
		}
		for _, n := range fences {
			switch {
			case open >= 0 && closes(lines[n], lines[open]):
				for i := open; i <= n; i++ {
					in[i] = true
				}
				open = -1
			case open < 0 || info(lines[n]) != "":
				open = n
			}
		}
		from = to
	}
	return in
}

func isBullet(line string) bool {
	_, ok, _ := matchBullet(line)
	return ok
}

// fencesIn returns the indices of the fences among the lines from one to another.
func fencesIn(lines []string, from, to int) (fences []int) {
	for n := from; n < to; n++ {
		if fence().MatchString(lines[n]) {
			fences = append(fences, n)
		}
	}
	return fences
}

// paired reports whether fences close each other in pairs, as long as each other.
func paired(lines []string, fences []int) bool {
	if len(fences)%2 != 0 {
		return false
	}
	for pair := range slices.Chunk(fences, 2) {
		begin, end := lines[pair[0]], lines[pair[1]]
		if info(end) != "" || marks(begin) != marks(end) {
			return false
		}
	}
	return true
}

// closes reports whether a fence closes a block that another one begins.
func closes(line, begin string) bool {
	return info(line) == "" && strings.HasPrefix(marks(line), marks(begin))
}

// marks returns the fence itself.
func marks(line string) string { return fence().FindStringSubmatch(line)[1] }

// info returns what a fence says of its block, such as its language.
func info(line string) string { return strings.TrimSpace(fence().FindStringSubmatch(line)[2]) }
