package attribution

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
)

// Draw returns a random probability that an item helps, given its counts: it draws
// from the beta distribution that follows from a uniform prior.
// Choosing the items with the highest draws is Thompson sampling (W. R. Thompson, On the
// likelihood that one unknown probability exceeds another, Biometrika 25, 1933). It
// treats negative counts, which a playbook.json may contain, as zero.
func Draw(rng rand.Source, helpful, harmful int64) float64 {
	return distuv.Beta{Alpha: float64(max(helpful, 0)) + 1, Beta: float64(max(harmful, 0)) + 1, Src: rng}.Rand()
}
