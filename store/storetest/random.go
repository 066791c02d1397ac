package storetest

import (
	"flag"
	"math/rand/v2"

	"atomizer-db/store"
	"atomizer-db/testdata/soak"
)

var seed = flag.Uint64("storetest.seed", 0, "the seed of the random changes of a database, as a failed test prints it; 0: another one each time")

// random compares a database after random changes with a simulation of it.
func random(run runner) {
	for range soak.Rounds(3) {
		run("changes count as in the simulation", func(t *T) {
			seed := *seed
			if seed == 0 {
				seed = rand.Uint64()
			}
			t.Logf("the seed is %d: run it again with -storetest.seed=%[1]d", seed)
			s := newSimulation(rand.New(rand.NewPCG(seed, 0)))
			dbs := []store.Database{t.Database, t.again(t.T, t.Database)}
			for range 60 {
				s.step(t, dbs[s.random.IntN(2)])
				if s.random.IntN(3) == 0 {
					s.compare(t, dbs[s.random.IntN(2)])
				}
				if s.random.IntN(20) == 0 {
					checkAll(t.T, t.Database)
				}
			}
			s.compare(t, t.Database)
		})
	}
}
