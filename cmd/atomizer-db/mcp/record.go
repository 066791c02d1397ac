package mcp

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	streamed "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/words"
)

// trialAnswer is the answer to a trial.
type trialAnswer struct {
	Study string `json:"study"`
	feedback.TrialAnswer
}

// errorAnswer is the answer to an error.
type errorAnswer struct {
	Study       string `json:"study"`
	TrialNumber int64  `json:"trial_number"`
	feedback.ErrorAnswer
}

func recordTrial(ctx context.Context, s *server, arguments json.RawMessage) (answer, error) {
	loop, recorded, err := s.record(ctx, event.TypeTrial, arguments)
	if err != nil {
		return answer{}, err
	}
	trial, ok := recorded.(feedback.TrialAnswer)
	if !ok {
		return answer{}, fmt.Errorf("the answer to a trial is a %T", recorded)
	}
	named := trial.Named
	return answer{len(named.UnknownItems), func(p part) told {
		trial.Named = p.named(named)
		result := "a failure"
		if trial.Success {
			result = "a success"
		}
		text := fmt.Sprintf("Study %s. Trial %d is recorded as %s; %s of items counted, %s pending from it.\n", p.quoted(loop.StudyName()), trial.TrialNumber,
			result, words.Count(trial.ItemsUpdated, "use"), words.Count(trial.InsightsExtracted, "insight"))
		return told{trialAnswer{p.cut(loop.StudyName()), trial}, text + recordedText(p, named, trial.Duplicate)}
	}}, nil
}

func recordError(ctx context.Context, s *server, arguments json.RawMessage) (answer, error) {
	var about struct {
		TrialNumber int64 `json:"trial_number"`
	}
	if err := json.Unmarshal(arguments, &about); err != nil {
		return answer{}, err
	}
	loop, recorded, err := s.record(ctx, event.TypeError, arguments)
	if err != nil {
		return answer{}, err
	}
	report, ok := recorded.(feedback.ErrorAnswer)
	if !ok {
		return answer{}, fmt.Errorf("the answer to an error is a %T", recorded)
	}
	named := report.Named
	return answer{len(named.UnknownItems), func(p part) told {
		report.Named = p.named(named)
		text := fmt.Sprintf("Study %s. The error in trial %d is recorded.\n", p.quoted(loop.StudyName()), about.TrialNumber)
		return told{errorAnswer{p.cut(loop.StudyName()), about.TrialNumber, report}, text + recordedText(p, named, report.Duplicate)}
	}}, nil
}

// record records the event that the arguments are.
func (s *server) record(ctx context.Context, kind string, arguments json.RawMessage) (*feedback.Loop, feedback.Answer, error) {
	members := map[string]jsontext.Value{}
	if err := streamed.Unmarshal(arguments, &members); err != nil {
		return nil, nil, err
	}
	members["type"] = jsontext.Value(quoted(kind))
	line, err := streamed.Marshal(members, streamed.Deterministic(true))
	if err != nil {
		return nil, nil, err
	}
	e, err := event.Decode(line)
	if err != nil {
		return nil, nil, err
	}
	var about struct {
		Study string `json:"study"`
	}
	if err := json.Unmarshal(arguments, &about); err != nil {
		return nil, nil, err
	}
	loop, err := s.toRecord(ctx, about.Study)
	if err != nil {
		return nil, nil, err
	}
	answers, err := loop.Apply(ctx, e)
	if err != nil {
		return nil, nil, err
	}
	return loop, answers[0], nil
}

// named cuts what an event named in vain.
func (p part) named(named feedback.Named) feedback.Named {
	if len(named.UnknownItems) == 0 {
		return named
	}
	named.UnknownItems = p.cutAll(named.UnknownItems)
	merged := map[string]string{}
	for id, into := range named.MergedItems {
		if slices.Contains(named.UnknownItems, id) {
			merged[id] = p.cut(into)
		}
	}
	named.MergedItems = merged
	return named
}

// recordedText tells of items that counted for nothing, and of a call that was sent again.
func recordedText(p part, named feedback.Named, duplicate bool) string {
	var b strings.Builder
	if duplicate {
		b.WriteString("Duplicate: it was already recorded, and nothing was added.\n")
	}
	var lines []string
	for _, id := range named.UnknownItems[:min(p.entries, len(named.UnknownItems))] {
		lines = append(lines, p.cut(named.Problem(id).Error()))
	}
	if len(lines) > 0 {
		b.WriteString("\nThese ids counted for nothing:\n\n" + fenced(strings.Join(lines, "\n")))
	}
	if left := len(named.UnknownItems) - len(lines); left > 0 {
		fmt.Fprintf(&b, "\n%d more.\n", left)
	}
	return b.String()
}
