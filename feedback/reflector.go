package feedback

import (
	"fmt"
	"strconv"
	"strings"

	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// errorClasses are looked through in order: the first class with a word that
// the message holds wins.
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

const unclassified = "Solver error"

// classify names the class of a solver's message.
func classify(message string) string {
	folded := foldASCII(message)
	for _, class := range errorClasses {
		for _, word := range class.words {
			if strings.Contains(folded, word) {
				return class.name
			}
		}
	}
	return unclassified
}

const (
	messageLength = 200 // code points of an error message that go into an insight
	pruneAt       = -3  // net score at which finalize prunes an item
)

// reflectOnTrial draws the insights from one trial.
func reflectOnTrial(t *Trial) []store.Insight {
	where := ""
	if t.Extractor != "" {
		where = " [extractor " + t.Extractor + "]"
	}
	var insights []store.Insight
	mistake := func(content string) {
		insights = append(insights, store.Insight{Category: string(playbook.Mistake), Content: content, TrialNumber: &t.Number})
	}
	for _, message := range t.Errors {
		mistake(classify(message) + ": " + cut(message, messageLength) + where)
	}
	for _, violation := range t.ConstraintViolations {
		mistake("Constraint violated: " + cut(violation, messageLength))
	}
	if !t.Success && len(insights) == 0 {
		mistake("Trial failed without an error message" + where)
	}
	if t.Success && t.Extractor != "" {
		insights = append(insights, store.Insight{
			Category:    string(playbook.Tool),
			Content:     "Extractor " + t.Extractor + " returns a valid result",
			Helpful:     true,
			TrialNumber: &t.Number,
		})
	}
	return insights
}

// reflectOnError draws the insight from a reported error.
func reflectOnError(e ErrorReport) store.Insight {
	return store.Insight{
		Category:    string(playbook.Mistake),
		Content:     e.Type + ": " + cut(e.Message, messageLength),
		TrialNumber: &e.TrialNumber,
	}
}

// reflectOnStudy draws the insight from a study as a whole, if it has one: a
// method that nearly always or hardly ever succeeds is worth remembering.
func reflectOnStudy(s Summary) []store.Insight {
	if s.TotalTrials <= 0 || (0.5 < s.ConvergenceRate && s.ConvergenceRate < 0.9) {
		return nil
	}
	method := s.Method
	if method == "" {
		method = "Unnamed method"
	}
	outcome := fmt.Sprintf("%s%% of %d trials succeeded", percent(s.ConvergenceRate), s.TotalTrials)
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

// percent writes a share as the legacy loop does, one that overflows too.
func percent(share float64) string {
	text := strconv.FormatFloat(share*100, 'f', 0, 64)
	return strings.ToLower(strings.TrimPrefix(text, "+")) // +Inf is inf
}

// cut keeps the first n code points.
func cut(text string, n int) string {
	for i := range text {
		if n == 0 {
			return text[:i]
		}
		n--
	}
	return text
}
