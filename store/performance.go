package store

// Performance is the performance of a live item.
type Performance struct {
	ID           string
	Category     string
	Content      string
	Helpful      int64
	Harmful      int64
	TrialsUsedIn int64
}

// Order is the order in which performances are listed. Ties keep the order of
// arrival.
type Order int

// The orders.
const (
	ByArrival  Order = iota
	BestFirst        // the highest net scores first
	WorstFirst       // the lowest net scores first
)
