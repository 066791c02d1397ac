package report

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"

	"atomizer-db/feedback/atomicfile"
	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// Learning is the legacy learning report.
type Learning struct {
	GeneratedAt     string          `json:"generated_at"`
	Statistics      Statistics      `json:"statistics"`
	TopPerformers   []Performance   `json:"top_performers"`   // 20 at most
	WorstPerformers []Performance   `json:"worst_performers"` // 10 at most
	PlaybookStats   PlaybookStats   `json:"playbook_stats"`
	OutcomesSummary OutcomesSummary `json:"outcomes_summary"`
}

// PlaybookStats sums up the live items.
type PlaybookStats struct {
	TotalItems  int64          `json:"total_items"`
	ByCategory  CategoryCounts `json:"by_category"`
	Version     int64          `json:"version"`
	LastUpdated string         `json:"last_updated"`
	AvgScore    float64        `json:"avg_score"` // of net scores, 0 without items
	MaxScore    int64          `json:"max_score"`
	MinScore    int64          `json:"min_score"`
}

// CategoryCounts are numbers of items, in the order in which the categories
// first arrived.
type CategoryCounts []store.CategoryCount

// MarshalJSON writes an object by category.
func (c CategoryCounts) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, count := range c {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Quote(count.Category) + ":" + strconv.FormatInt(count.Items, 10))
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// OutcomesSummary counts the outcomes recorded.
type OutcomesSummary struct {
	Total     int64 `json:"total"`
	BySuccess struct {
		Success int64 `json:"success"`
		Failure int64 `json:"failure"`
	} `json:"by_success"`
}

// The numbers of items that the learning report lists.
const (
	topPerformers   = 20
	worstPerformers = 10
)

// NewLearning returns the learning report of a study, or of all studies if it is nil.
func NewLearning(rx store.Reader, study *int64) (l Learning, err error) {
	l.GeneratedAt = playbook.FormatTime(rx.Now())
	if l.Statistics, err = NewStatistics(rx, study); err != nil {
		return l, err
	}
	l.OutcomesSummary.Total = l.Statistics.OutcomesRecorded
	l.OutcomesSummary.BySuccess.Success = l.Statistics.SuccessfulTrials
	l.OutcomesSummary.BySuccess.Failure = l.Statistics.FailedTrials
	if l.TopPerformers, err = Best(rx, study, topPerformers); err != nil {
		return l, err
	}
	if l.WorstPerformers, err = Worst(rx, study, worstPerformers); err != nil {
		return l, err
	}
	l.PlaybookStats, err = NewPlaybookStats(rx)
	return l, err
}

// NewPlaybookStats sums up the live items.
func NewPlaybookStats(rx store.Reader) (stats PlaybookStats, err error) {
	book, err := rx.Playbook()
	if err != nil {
		return stats, err
	}
	sums, err := rx.PlaybookStatistics()
	if err != nil {
		return stats, err
	}
	categories, err := rx.ItemsByCategory()
	return PlaybookStats{
		TotalItems: sums.Items, ByCategory: categories, Version: book.Version, LastUpdated: playbook.LastUpdated(book.ChangedUS, book.LastUseUS, book.LastUpdatedAt),
		AvgScore: sums.AvgScore, MaxScore: sums.MaxScore, MinScore: sums.MinScore,
	}, err
}

// Encode returns the learning report as indented JSON.
func (l Learning) Encode() ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(l)
	return text.Bytes(), err
}

// Write writes a report to path, atomically, and creates its folders.
func Write(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return atomicfile.Write(path, text)
}
