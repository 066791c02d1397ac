package report

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/words"
	"atomizer-db/store"
)

// Performance is the performance of an item: its counts, and the number of the study's
// trials that used it, since the last reset and by the latest attempt at each trial
// number. Its JSON has the names of the legacy loop.
type Performance struct {
	ID           string  `json:"id"`
	Helpful      int64   `json:"helpful_count"`
	Harmful      int64   `json:"harmful_count"`
	NetScore     int64   `json:"net_score"`
	Confidence   float64 `json:"confidence"`
	TrialsUsedIn int64   `json:"trials_used_in"`
	Category     string  `json:"category"`
	Preview      string  `json:"content_preview"`
}

// Confidence returns the share of an item's counts that are helpful, 0.5 without counts.
func Confidence(helpful, harmful int64) float64 {
	counts := helpful + harmful
	if counts == 0 {
		return 0.5
	}
	return float64(helpful) / float64(counts)
}

// PreviewLength limits the code points of an item's content in a preview.
const PreviewLength = 100

func preview(content string) string { return words.Cut(content, PreviewLength) }

// Performances are the performances of all live items in order of arrival. Encoded as
// JSON, they are the answer of the legacy call: an object by item id, in that order.
type Performances []Performance

// MarshalJSONTo writes the legacy form.
func (p Performances) MarshalJSONTo(to *jsontext.Encoder) error {
	if err := to.WriteToken(jsontext.BeginObject); err != nil {
		return err
	}
	for _, item := range p {
		for _, token := range [...]jsontext.Token{ // takes half as long as encoding a struct
			jsontext.String(item.ID), jsontext.BeginObject,
			jsontext.String("helpful_count"), jsontext.Int(item.Helpful),
			jsontext.String("harmful_count"), jsontext.Int(item.Harmful),
			jsontext.String("net_score"), jsontext.Int(item.NetScore),
			jsontext.String("confidence"), jsontext.Float(item.Confidence),
			jsontext.String("trials_used_in"), jsontext.Int(item.TrialsUsedIn),
			jsontext.String("category"), jsontext.String(item.Category),
			jsontext.String("content_preview"), jsontext.String(item.Preview),
			jsontext.EndObject,
		} {
			if err := to.WriteToken(token); err != nil {
				return err
			}
		}
	}
	return to.WriteToken(jsontext.EndObject)
}

// MarshalJSON writes the same for encoding/json.
func (p Performances) MarshalJSON() ([]byte, error) { return json.Marshal(p) }

// NewPerformances lists the performance of all live items, in order of arrival.
// TrialsUsedIn counts the trials of a study, or of all studies if it is nil.
func NewPerformances(rx store.Reader, study *int64) (Performances, error) {
	return performances(rx, study, store.ByArrival, -1)
}

// Best lists the n items with the highest net scores, best first. Ties keep the
// order of arrival.
func Best(rx store.Reader, study *int64, n int) ([]Performance, error) {
	return performances(rx, study, store.BestFirst, n)
}

// Worst lists the n items with the lowest net scores, worst first. Ties keep the
// order of arrival.
func Worst(rx store.Reader, study *int64, n int) ([]Performance, error) {
	return performances(rx, study, store.WorstFirst, n)
}

func performances(rx store.Reader, study *int64, order store.Order, limit int) ([]Performance, error) {
	rows, err := rx.Performance(study, order, limit)
	if err != nil {
		return nil, err
	}
	list := make([]Performance, len(rows))
	for i, r := range rows {
		list[i] = Performance{
			ID: r.ID, Helpful: r.Helpful, Harmful: r.Harmful, NetScore: r.Helpful - r.Harmful,
			Confidence: Confidence(r.Helpful, r.Harmful), TrialsUsedIn: r.TrialsUsedIn, Category: r.Category, Preview: preview(r.Content),
		}
	}
	return list, nil
}
