package feedback

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"atomizer-db/feedback/atomicfile"
	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// Report is the legacy learning report.
type Report struct {
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

// Report draws up the learning report, from one state of the database.
func (l *Loop) Report(ctx context.Context) (report Report, err error) {
	err = l.store.View(ctx, func(rx *store.Rx) error {
		report.GeneratedAt = playbook.FormatTime(rx.Now())
		if report.Statistics, err = l.statistics(rx); err != nil {
			return err
		}
		study, err := l.find(rx)
		if err != nil {
			return err
		}
		if report.TopPerformers, err = rx.Performance(study, store.BestFirst, 20); err != nil {
			return err
		}
		if report.WorstPerformers, err = rx.Performance(study, store.WorstFirst, 10); err != nil {
			return err
		}
		report.PlaybookStats, err = playbookStats(rx)
		return err
	})
	report.OutcomesSummary.Total = report.Statistics.OutcomesRecorded
	report.OutcomesSummary.BySuccess.Success = report.Statistics.SuccessfulTrials
	report.OutcomesSummary.BySuccess.Failure = report.Statistics.FailedTrials
	return report, err
}

// PlaybookStats sums up the live items.
func (l *Loop) PlaybookStats(ctx context.Context) (stats PlaybookStats, err error) {
	err = l.store.View(ctx, func(rx *store.Rx) error {
		stats, err = playbookStats(rx)
		return err
	})
	return stats, err
}

func playbookStats(rx *store.Rx) (stats PlaybookStats, err error) {
	book, begun, err := rx.Playbook()
	if err != nil {
		return stats, err
	}
	if !begun {
		book.Version = 1
	}
	sums, err := rx.PlaybookStatistics()
	if err != nil {
		return stats, err
	}
	categories, err := rx.ItemsByCategory()
	return PlaybookStats{
		TotalItems: sums.Items, ByCategory: categories, Version: book.Version, LastUpdated: lastUpdated(book),
		AvgScore: sums.AvgScore, MaxScore: sums.MaxScore, MinScore: sums.MinScore,
	}, err
}

// ExportReport writes the learning report to a file, atomically, making the
// folders above it.
func (l *Loop) ExportReport(ctx context.Context, path string) error {
	report, err := l.Report(ctx)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := json.Indent(&text, append(encode(report), '\n'), "", "  "); err != nil {
		return err
	}
	return WriteReport(path, text.Bytes())
}

// WriteReport puts a report at path, atomically, making the folders above it.
func WriteReport(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return atomicfile.Write(path, text)
}

// formatUS writes a stored time as playbook.json does.
func formatUS(us int64) string { return playbook.FormatTime(time.UnixMicro(us)) }
