package report

import (
	"time"

	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// Learned is what a study has taught about the items of the playbook. Computing it reads
// all trials of the study.
type Learned struct {
	At        time.Time // when it was computed, UTC; zero: not yet
	Trials    int64     // of the study
	Direction string
	Playbook  Comparison // trials with the playbook against those that were held out
	Items     []Standing // the live ones, the highest lift first
	Gone      []GoneItem // at most 30 that left the playbook, the latest first
	MoreGone  int64
}

// Standing is what attribution says of an item, and its counts.
type Standing struct {
	ItemCredit
	Content  string
	NetScore int64 // over all studies
	Helpful  int64
	Harmful  int64
}

// GoneItem is an item that left the playbook, and what it cost.
type GoneItem struct {
	store.GoneItem
	Time string
	// Cost is how many more of the trials that used it failed than would have at the failure
	// rate of the study. Less than 0: fewer.
	Cost float64
}

// Uses returns how often the item counted.
func (g GoneItem) Uses() int64 { return g.Helpful + g.Harmful }

const mostGone = 30

// NewLearned returns what a study, or all studies if it is nil, taught.
func NewLearned(rx store.Reader, study *int64) (l Learned, err error) {
	l.At = rx.Now()
	attribution, err := NewAttribution(rx, study)
	if err != nil {
		return l, err
	}
	l.Trials, l.Direction, l.Playbook = attribution.Trials, attribution.Direction, attribution.Playbook
	items, err := rx.Items(false)
	if err != nil {
		return l, err
	}
	byID := make(map[string]store.Item, len(items))
	for _, item := range items {
		byID[item.ID] = item
	}
	for _, credit := range attribution.Items {
		item := byID[credit.ID]
		l.Items = append(l.Items, Standing{
			ItemCredit: credit, Content: item.Content, NetScore: item.Helpful - item.Harmful, Helpful: item.Helpful, Harmful: item.Harmful,
		})
	}
	return l, l.addGone(rx, study)
}

func (l *Learned) addGone(rx store.Reader, study *int64) error {
	statistics, err := NewStatistics(rx, study)
	if err != nil {
		return err
	}
	gone, err := rx.GoneItems(mostGone)
	if err != nil {
		return err
	}
	for _, item := range gone {
		cost := float64(item.Harmful) - (1-statistics.SuccessRate)*float64(item.Helpful+item.Harmful)
		l.Gone = append(l.Gone, GoneItem{item, playbook.FormatMicros(item.RetiredUS), cost})
	}
	count, err := rx.CountGoneItems()
	l.MoreGone = count - int64(len(gone))
	return err
}
