package store

// InsightReader reads insights.
type InsightReader interface {
	// PendingInsights lists a study's pending insights with ids above after, oldest first, at
	// most limit of them, or all if limit is negative.
	PendingInsights(study, after int64, limit int) ([]Insight, error)

	// PendingInsight finds a pending insight of a study by its id.
	PendingInsight(study, id int64) (insight Insight, found bool, err error)

	// SettledBy counts the insights that an event settled. It reads all insights of its study.
	SettledBy(event int64) (s Settled, err error)
}

// InsightWriter writes insights.
type InsightWriter interface {
	// SettleInsight marks a pending insight as committed into an item by an event.
	SettleInsight(insight, event, item int64, added bool) error

	// RejectInsight marks a pending insight as dropped by an event.
	RejectInsight(insight, event int64) error

	// EditInsight changes what a pending insight says, and keeps what it said when it was
	// drawn.
	EditInsight(insight int64, content string) error

	// CountSettled subtracts settled insights from the pending ones of the study.
	CountSettled(study, settled int64) error
}
