package attribution

import "iter"

// WindowSize is the number of consecutive trials that are compared with each other.
// Within so few, a study hardly changes.
const WindowSize = 20

// windows divides the trials of a study. A last window that would be shorter than
// WindowSize joins the one before.
func windows(trials []Trial) iter.Seq[[]Trial] {
	return func(yield func([]Trial) bool) {
		for len(trials) >= 2*WindowSize {
			if !yield(trials[:WindowSize]) {
				return
			}
			trials = trials[WindowSize:]
		}
		if len(trials) > 0 {
			yield(trials)
		}
	}
}
