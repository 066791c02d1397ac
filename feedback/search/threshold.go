package search

// threshold is a similarity, as the fraction over/under of whole numbers so that all bounds
// that follow from it are exact.
type threshold struct {
	over, under int
	exceeded    bool // a pair must be more similar than this, and not only as similar
}

// thresholdOf returns the threshold that pairs must reach, to nine decimals.
func thresholdOf(similarity float64) threshold {
	const under = 1_000_000_000
	return threshold{over: max(int(similarity*under), 1), under: under} // rounded down: 2/3 reaches 0.666666666
}

// least returns the least whole number that is at least amount/of, or more than it if the
// threshold must be exceeded.
func (t threshold) least(amount, of int) int {
	if t.exceeded {
		return amount/of + 1
	}
	return (amount + of - 1) / of
}

// shared returns how many words two sets must share that have so many words together,
// counting shared ones twice: common/(sizes - common) is to be at least over/under.
func (t threshold) shared(sizes int) int { return t.least(t.over*sizes, t.over+t.under) }

// sharedBy returns how many words of a set of this size a similar set must have. It is
// also the least size of a similar set.
func (t threshold) sharedBy(size int) int { return t.least(t.over*size, t.under) }

// prefix returns how many words of a set of this size have to be looked at: a set that lacks
// them all has too few of the others.
func (t threshold) prefix(size int) int { return min(max(size-t.sharedBy(size)+1, 0), size) }
