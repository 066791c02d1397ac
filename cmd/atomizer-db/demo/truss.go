package demo

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Truss is a planar structure of one material whose bars carry axial force only. Nodes
// and bars are numbered from 0 here and from 1 in messages.
type Truss struct {
	Nodes   [][2]float64 // x and y of each node, in
	Held    [][2]bool    // whether a support holds the node in x and in y
	Loads   [][2]float64 // force on each node in x and in y, lbf
	Bars    [][2]int     // the two nodes that each bar joins
	Modulus float64      // psi
	Density float64      // lb/in3
}

// TenBar is the classic sizing benchmark: two bays of 360 in, held at the wall, with a
// load of 100 kip at each of the two lower free nodes. Bars have the usual numbers.
var TenBar = Truss{
	Nodes:   [][2]float64{{720, 360}, {720, 0}, {360, 360}, {360, 0}, {0, 360}, {0, 0}},
	Held:    [][2]bool{4: {true, true}, 5: {true, true}},
	Loads:   [][2]float64{1: {0, -100e3}, 3: {0, -100e3}, 5: {}},
	Bars:    [][2]int{{2, 4}, {0, 2}, {3, 5}, {1, 3}, {2, 3}, {0, 1}, {3, 4}, {2, 5}, {1, 2}, {0, 3}},
	Modulus: 1e7,
	Density: 0.1,
}

const (
	absent        = 1e-6  // in2: a thinner bar is absent
	thickest      = 1e9   // in2: larger areas lose precision
	worstCond     = 1e12  // condition number at which a stiffness matrix counts as singular
	slackestRatio = 1e-10 // eigenvalue, as a share of the largest, that counts as zero
	tie           = 1e-6  // motions that differ by less count as equal
)

// Analysis is the result of solving a truss.
type Analysis struct {
	Stress       []float64    // of each bar, psi, tension positive; 0 for an absent bar
	Displacement [][2]float64 // of each node in x and in y, in
}

// SingularError means that the stiffness matrix has no inverse: the truss is a
// mechanism, which moves freely at the named node.
type SingularError struct {
	Node      int    // from 1
	Direction string // x or y
}

func (e *SingularError) Error() string {
	return fmt.Sprintf("singular stiffness matrix: zero pivot at node %d, %s", e.Node, e.Direction)
}

// Solve finds stresses and displacements under the loads for the bars' areas in
// in2. A bar of less than 1e-6 in2 is absent. The error is a [SingularError]
// where the bars that are left cannot stand.
func (t Truss) Solve(areas []float64) (Analysis, error) {
	if len(areas) != len(t.Bars) {
		return Analysis{}, fmt.Errorf("%d areas for a truss of %d bars", len(areas), len(t.Bars))
	}
	free := t.free()
	stiffness := mat.NewSymDense(len(free), nil)
	for bar, area := range areas {
		if !(area >= 0 && area <= thickest) { // NaN too
			return Analysis{}, fmt.Errorf("bar %d cannot have an area of %g in2", bar+1, area)
		}
		if area >= absent {
			stiffness.SymRankOne(stiffness, t.Modulus*area/t.length(bar), t.elongation(bar, free))
		}
	}
	var factor mat.Cholesky
	if !factor.Factorize(stiffness) || factor.Cond() > worstCond {
		return Analysis{}, mechanism(stiffness, free)
	}
	loads := mat.NewVecDense(len(free), nil)
	for i, f := range free {
		loads.SetVec(i, t.Loads[f.node][f.axis])
	}
	var motion mat.VecDense
	if err := factor.SolveVecTo(&motion, loads); err != nil {
		return Analysis{}, err
	}
	a := Analysis{Stress: make([]float64, len(t.Bars)), Displacement: make([][2]float64, len(t.Nodes))}
	for i, f := range free {
		a.Displacement[f.node][f.axis] = motion.AtVec(i)
	}
	for bar, area := range areas {
		if area >= absent {
			a.Stress[bar] = t.Modulus / t.length(bar) * mat.Dot(t.elongation(bar, free), &motion)
		}
	}
	return a, nil
}

// Weight is the weight in lb for the bars' areas in in2.
func (t Truss) Weight(areas []float64) (weight float64) {
	for bar, area := range areas {
		weight += t.Density * t.length(bar) * area
	}
	return weight
}

// freedom is a direction in which a node can move.
type freedom struct{ node, axis int }

var axes = [...]string{"x", "y"}

// free returns the motions that no support holds. They are the unknowns, in their order.
func (t Truss) free() []freedom {
	var free []freedom
	for node := range t.Nodes {
		for axis := range axes {
			if !t.Held[node][axis] {
				free = append(free, freedom{node, axis})
			}
		}
	}
	return free
}

// elongation returns the elongation of a bar for a unit of each free motion.
func (t Truss) elongation(bar int, free []freedom) *mat.VecDense {
	from, to := t.Bars[bar][0], t.Bars[bar][1]
	length := t.length(bar)
	v := mat.NewVecDense(len(free), nil)
	for i, f := range free {
		along := (t.Nodes[to][f.axis] - t.Nodes[from][f.axis]) / length
		switch f.node {
		case from:
			v.SetVec(i, -along)
		case to:
			v.SetVec(i, along)
		}
	}
	return v
}

func (t Truss) length(bar int) float64 {
	from, to := t.Nodes[t.Bars[bar][0]], t.Nodes[t.Bars[bar][1]]
	return math.Hypot(to[0]-from[0], to[1]-from[1])
}

// mechanism returns the error for a singular stiffness matrix. It names the motion with
// the largest share of the null space, which the matrix resists least.
func mechanism(stiffness *mat.SymDense, free []freedom) error {
	var eigen mat.EigenSym
	if !eigen.Factorize(stiffness, true) {
		return fmt.Errorf("singular stiffness matrix: its eigenvalues do not converge")
	}
	values := eigen.Values(nil)
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	slackest, most := 0, 0.0
	for i := range free {
		share := 0.0
		for k, value := range values { // ascending
			if k == 0 || value <= slackestRatio*values[len(values)-1] {
				share += vectors.At(i, k) * vectors.At(i, k)
			}
		}
		// Equal motions differ by rounding errors: take the first, on any machine.
		if share > most+tie {
			slackest, most = i, share
		}
	}
	return &SingularError{Node: free[slackest].node + 1, Direction: axes[free[slackest].axis]}
}
