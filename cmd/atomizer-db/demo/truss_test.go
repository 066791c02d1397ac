package demo_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"atomizer-db/cmd/atomizer-db/demo"
)

// published is the optimum in the literature, 5,060.9 lb, with the digits printed there.
var published = demo.Design{30.52, 0.1, 23.20, 15.22, 0.1, 0.55, 7.46, 21.04, 21.53, 0.1}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %.9g, not %.9g within %g", what, got, want, tolerance)
	}
}

func solve(t *testing.T, truss demo.Truss, areas []float64) demo.Analysis {
	t.Helper()
	a, err := truss.Solve(areas)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestElongationOfOneBar(t *testing.T) {
	bar := demo.Truss{
		Nodes: [][2]float64{{0, 0}, {30, 40}}, Bars: [][2]int{{0, 1}},
		Held: [][2]bool{{true, true}, {false, true}}, Loads: [][2]float64{{}, {600, 0}},
		Modulus: 3e7, Density: 0.28,
	}
	const area, length, cosine = 0.5, 50, 0.6
	a := solve(t, bar, []float64{area})
	near(t, "stress", a.Stress[0], 600/cosine/area, 1e-9)
	near(t, "displacement", a.Displacement[1][0], 600*length/(cosine*cosine*3e7*area), 1e-15)
	near(t, "held displacement", a.Displacement[1][1], 0, 0)
	near(t, "weight", bar.Weight([]float64{area}), 0.28*length*area, 1e-12)
}

func TestForcesOfDeterminateTenBar(t *testing.T) {
	// Without bars 5 and 6 the joints alone give the forces.
	const root = math.Sqrt2
	forces := []float64{200e3, 0, -200e3, -100e3, 0, 0, 100e3 * root, -100e3 * root, 100e3 * root, 0}
	d := demo.Design{8, 1, 9, 4, 0, 0, 6, 7, 5, 2}
	a := solve(t, demo.TenBar, d[:])
	for bar, force := range forces {
		near(t, "force", a.Stress[bar]*d[bar], force, 1e-5)
	}
}

func TestPublishedOptimum(t *testing.T) {
	near(t, "weight", demo.TenBar.Weight(published[:]), 5060.9, 0.5)
	a := solve(t, demo.TenBar, published[:])
	if use := demo.TenBarLimits.Use(a); use > 1.005 || use < 0.995 {
		t.Errorf("the published optimum uses %.4f of its limits, not all of them", use)
	}
	near(t, "tip displacement at node 1", a.Displacement[0][1], -2, 0.01)
	near(t, "tip displacement at node 2", a.Displacement[1][1], -2, 0.01)
	near(t, "stress of bar 5", a.Stress[4], 25e3, 125)
}

// designs returns many different designs that can be solved.
func designs(t *testing.T) (found []demo.Design) {
	t.Helper()
	rng := rand.New(rand.NewPCG(10, 0))
	for range 200 {
		var d demo.Design
		for bar := range d {
			d[bar] = 0.1 * math.Pow(350, rng.Float64())
		}
		if rng.IntN(3) == 0 {
			d[rng.IntN(len(d))] = 0
		}
		if demo.Evaluate(d).Err == nil {
			found = append(found, d)
		}
	}
	if len(found) < 100 {
		t.Fatalf("only %d designs can stand", len(found))
	}
	return found
}

func TestForcesBalance(t *testing.T) {
	truss := demo.TenBar
	for _, d := range designs(t) {
		a := solve(t, truss, d[:])
		residual := slices.Clone(truss.Loads)
		for bar, ends := range truss.Bars {
			from, to := truss.Nodes[ends[0]], truss.Nodes[ends[1]]
			length := math.Hypot(to[0]-from[0], to[1]-from[1])
			for axis := range 2 {
				pull := a.Stress[bar] * d[bar] * (to[axis] - from[axis]) / length
				residual[ends[0]][axis] += pull
				residual[ends[1]][axis] -= pull
			}
		}
		for node := range 4 {
			near(t, "force left over in x", residual[node][0], 0, 0.01)
			near(t, "force left over in y", residual[node][1], 0, 0.01)
		}
		// What is left at the supports is the reactions, with sign reversed:
		// 200 kip up, and a couple against 100 kip at 360 in and at 720 in.
		near(t, "reaction in x", -residual[4][0]-residual[5][0], 0, 0.01)
		near(t, "reaction in y", -residual[4][1]-residual[5][1], 200e3, 0.01)
		near(t, "couple at the wall", -residual[4][0]*360, -100e3*(360+720), 10)
	}
}

func TestWorkOfLoadsIsTwiceTheStrainEnergy(t *testing.T) {
	truss := demo.TenBar
	for _, d := range designs(t) {
		a := solve(t, truss, d[:])
		work, energy := 0.0, 0.0
		for node, load := range truss.Loads {
			work += load[0]*a.Displacement[node][0] + load[1]*a.Displacement[node][1]
		}
		for bar, stress := range a.Stress {
			volume := truss.Weight(single(bar, d[bar])) / truss.Density
			energy += stress * stress / (2 * truss.Modulus) * volume
		}
		near(t, "work over strain energy", work/energy, 2, 1e-9)
	}
}

func single(bar int, area float64) []float64 {
	areas := make([]float64, 10)
	areas[bar] = area
	return areas
}

func TestDeflectionsAreReciprocal(t *testing.T) {
	for _, d := range designs(t)[:20] {
		deflection := func(load, at [2]int) float64 {
			truss := demo.TenBar
			truss.Loads = make([][2]float64, 6)
			truss.Loads[load[0]][load[1]] = 1e4
			return solve(t, truss, d[:]).Displacement[at[0]][at[1]]
		}
		p, q := [2]int{0, 0}, [2]int{3, 1}
		near(t, "deflection at p by a load at q", deflection(q, p), deflection(p, q), 1e-12)
	}
}
