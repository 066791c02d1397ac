package feedback

import (
	"fmt"
	"strconv"
	"strings"

	"atomizer-db/feedback/event"
	"atomizer-db/feedback/playbook"
	"atomizer-db/feedback/words"
	"atomizer-db/store"
)

// errorClasses are searched in order: the class of a message is the first one with a
// word that the message contains.
var errorClasses = []struct {
	name  string
	words []string
}{
	{"Convergence failure", []string{"converge", "iteration limit", "max iterations", "diverg"}},
	{"Singular system", []string{"singular", "zero pivot", "pivot ratio", "ill-conditioned", "rigid body", "mechanism"}},
	{"Mesh failure", []string{"mesh", "jacobian", "distorted", "element quality", "negative volume", "aspect ratio"}},
	{"Geometry update failure", []string{"geometry", "update failed", "regenerat", "expression", "sketch", "feature failed"}},
	{"License unavailable", []string{"license", "licence"}},
	{"Out of resources", []string{"memory", "disk", "no space", "allocation", "insufficient"}},
	{"Timeout", []string{"timeout", "timed out", "time limit"}},
	{"Missing file", []string{"no such file", "file not found", "cannot open", "does not exist"}},
	{"Extraction failure", []string{"extract", "op2", "result file", "parse"}},
}

// The classes of other messages.
const (
	unclassified = "Solver error"
	violated     = "Constraint violated"
)

// classify returns the class of a solver's message.
func classify(message string) string {
	folded := words.FoldASCII(message)
	for _, class := range errorClasses {
		for _, word := range class.words {
			if strings.Contains(folded, word) {
				return class.name
			}
		}
	}
	return unclassified
}

// messageLength is how many code points of an error message go into an insight.
const messageLength = 200

// reflectOnTrial draws the insights from one trial.
func reflectOnTrial(t event.Trial) []store.Insight {
	where := ""
	if t.Extractor != "" {
		where = " [extractor " + t.Extractor + "]"
	}
	var insights []store.Insight
	number := t.Number
	mistake := func(content string) {
		insights = append(insights, store.Insight{Category: string(playbook.Mistake), Content: content, TrialNumber: &number})
	}
	for _, message := range t.Errors {
		mistake(classify(message) + ": " + words.Cut(message, messageLength) + where)
	}
	for _, violation := range t.ConstraintViolations {
		mistake(violated + ": " + words.Cut(violation, messageLength))
	}
	if !t.Success && len(insights) == 0 {
		mistake("Trial failed without an error message" + where)
	}
	if t.Success && t.Extractor != "" {
		insights = append(insights, store.Insight{
			Category:    string(playbook.Tool),
			Content:     "Extractor " + t.Extractor + " returns a valid result",
			Helpful:     true,
			TrialNumber: &number,
		})
	}
	return insights
}

// reflectOnError draws the insight from a reported error.
func reflectOnError(e event.ErrorReport) store.Insight {
	return store.Insight{
		Category:    string(playbook.Mistake),
		Content:     e.ErrorType + ": " + words.Cut(e.Message, messageLength),
		TrialNumber: &e.TrialNumber,
	}
}

// reflectOnStudy draws an insight from a study as a whole if at least 90% of its trials
// succeeded, or at most 50%.
func reflectOnStudy(s event.Summary) []store.Insight {
	if s.TotalTrials <= 0 || (0.5 < s.ConvergenceRate && s.ConvergenceRate < 0.9) {
		return nil
	}
	method := s.Method
	if method == "" {
		method = "Unnamed method"
	}
	outcome := fmt.Sprintf("%s of %d trials succeeded", words.Percent(s.ConvergenceRate, 0), s.TotalTrials)
	if s.ConvergenceRate >= 0.9 {
		return []store.Insight{{
			Category: string(playbook.Strategy),
			Content: fmt.Sprintf("%s converges reliably on %s: %s, best value %s",
				method, s.Name, outcome, strconv.FormatFloat(s.BestValue, 'g', 6, 64)),
			Helpful: true,
		}}
	}
	return []store.Insight{{
		Category: string(playbook.Mistake),
		Content:  fmt.Sprintf("%s struggles on %s: %s", method, s.Name, outcome),
	}}
}
