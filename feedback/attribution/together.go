package attribution

// nearlyAlways is the share of the trials in which two items may differ that do not: of those
// with either, and of those without both.
const nearlyAlways = 0.9

// findTogether finds the items that are nearly always used together. It only considers
// items that can be compared.
func findTogether(credits []Credit, studies [][]Trial) {
	all := 0
	users := make([][]*Trial, len(credits)) // the trials that used each item
	for _, trials := range studies {
		for i := range trials {
			trial := &trials[i]
			if trial.Holdout {
				continue
			}
			all++
			for _, item := range trial.Used {
				if c := &credits[item]; c.Windows > 0 && c.With.Trials >= FewestTrials {
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
			if both >= FewestTrials && inseparable(both, len(trials)+len(users[other])-both, all) {
				credits[item].Together = append(credits[item].Together, other)
				credits[other].Together = append(credits[other].Together, item)
			}
		}
	}
}

// inseparable reports whether two items are together in both of either trials, of all. Items
// that are in nearly all trials are together by chance: what counts is that they are also
// missing together.
func inseparable(both, either, all int) bool {
	differ := float64(either - both)
	return differ <= (1-nearlyAlways)*float64(min(either, all-both))
}

// similar reports whether two sets of these sizes can have enough members in common.
func similar(a, b int) bool { return float64(min(a, b)) >= nearlyAlways*float64(max(a, b)) }
