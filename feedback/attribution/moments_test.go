package attribution

import (
	"fmt"
	"math"
	"testing"
)

// divisions calls do with each way to choose with of n places.
func divisions(n, with int, do func(chosen []bool)) {
	for mask := range 1 << n {
		chosen, count := make([]bool, n), 0
		for i := range chosen {
			if chosen[i] = mask>>i&1 == 1; chosen[i] {
				count++
			}
		}
		if count == with {
			do(chosen)
		}
	}
}

// moments returns the mean and the variance of what measure returns over all divisions.
func moments(n, with int, measure func(chosen []bool) float64) (mean, variance float64) {
	count, sum, squares := 0.0, 0.0, 0.0
	divisions(n, with, func(chosen []bool) {
		x := measure(chosen)
		count, sum, squares = count+1, sum+x, squares+x*x
	})
	mean = sum / count
	return mean, squares/count - mean*mean
}

func same(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9 {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// TestRunsHaveTheMomentsOfARandomOrder compares with all orders.
func TestRunsHaveTheMomentsOfARandomOrder(t *testing.T) {
	for n := 2; n <= 9; n++ {
		for with := 1; with < n; with++ {
			mean, variance := moments(n, with, func(chosen []bool) float64 {
				runs := 1.0
				for i := 1; i < n; i++ {
					if chosen[i] != chosen[i-1] {
						runs++
					}
				}
				return runs
			})
			var r Runs
			r.Add(0, int64(with), int64(n))
			same(t, fmt.Sprintf("expected runs, %d of %d", with, n), r.expected, mean)
			same(t, fmt.Sprintf("variance, %d of %d", with, n), r.variance, variance)
		}
	}
}

// TestWinsHaveTheVarianceOfARandomDivision compares with all divisions of windows with ties.
func TestWinsHaveTheVarianceOfARandomDivision(t *testing.T) {
	for _, losses := range [][]float64{{1, 2, 3, 4, 5, 6, 7}, {1, 1, 2, 2, 2, 3, 9}, {1, 1, 1, 1}, {5, 5, 6}} {
		window := make([]Trial, len(losses)+2)
		for i := range window {
			if i < len(losses) {
				window[i] = Trial{Success: true, Loss: losses[i]}
			} // and two failures
		}
		r := rank(window, func(Trial) bool { return true })
		for with := 1; with < len(window); with++ {
			sumOf := func(chosen []bool) (sum float64) {
				for i, in := range chosen {
					if in {
						sum += r.rank[i]
					}
				}
				return sum
			}
			_, variance := moments(len(window), with, sumOf)
			var s Superiority
			s.add(int64(with), 0, r)
			weight := 1 / float64(len(window)+1)
			same(t, fmt.Sprintf("%v, %d with", losses, with), s.variance, weight*weight*variance)
		}
	}
}
