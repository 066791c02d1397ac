package attribution

// nearlyAlways is the share of the trials with either of two items that have both, from
// which on the two are used together.
const nearlyAlways = 0.9

// findTogether finds the items that are nearly always used together. It only considers
// items that can be compared.
func findTogether(credits []Credit, studies [][]Trial) {
	users := make([][]*Trial, len(credits)) // the trials that used each item
	for _, trials := range studies {
		for i := range trials {
			trial := &trials[i]
			for _, item := range trial.Used {
				if c := &credits[item]; !trial.Holdout && c.Windows > 0 && c.With.Trials >= FewestTrials {
					users[item] = append(users[item], trial)
				}
			}
		}
	}
	shared := make([]int, len(credits))
	for item, trials := range users {
		var others []int
		for _, trial := range trials {
			for _, other := range trial.Used {
				if other <= item || !similar(len(trials), len(users[other])) {
					continue
				}
				if shared[other] == 0 {
					others = append(others, other)
				}
				shared[other]++
			}
		}
		for _, other := range others {
			both := shared[other]
			shared[other] = 0
			if both >= FewestTrials && float64(both) >= nearlyAlways*float64(len(trials)+len(users[other])-both) {
				credits[item].Together = append(credits[item].Together, other)
				credits[other].Together = append(credits[other].Together, item)
			}
		}
	}
}

// similar reports whether two sets of these sizes can have enough members in common.
func similar(a, b int) bool { return float64(min(a, b)) >= nearlyAlways*float64(max(a, b)) }
