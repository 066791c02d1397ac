package history

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"atomizer-db/feedback/words"
	"atomizer-db/store/optuna"
)

// leftOut collects what an import does not take from a study of Optuna.
type leftOut struct {
	running, waiting []int64         // numbers of trials
	parameters       map[string]bool // whose distributions are left out
}

func (l *leftOut) addParameters(variables map[string]any) {
	for name := range variables {
		if !l.parameters[name] {
			if l.parameters == nil {
				l.parameters = map[string]bool{}
			}
			l.parameters[name] = true
		}
	}
}

// list says in words what is left out.
func (l *leftOut) list(study optuna.Study) []string {
	list := []string{}
	if len(l.running) > 0 {
		list = append(list, numbered("running trial", l.running))
	}
	if len(l.waiting) > 0 {
		list = append(list, numbered("waiting trial", l.waiting))
	}
	if len(study.Directions) > 1 {
		list = append(list, fmt.Sprintf("the directions of its %d objectives", len(study.Directions)))
	}
	if len(study.Attributes) > 0 {
		list = append(list, "the study's own attributes "+quotedNames(study.Attributes))
	}
	if len(l.parameters) > 0 {
		list = append(list, "the distributions of the parameters "+quotedNames(slices.Sorted(maps.Keys(l.parameters))))
	}
	return list
}

// mostNumbered limits the trials that are listed by number.
const mostNumbered = 10

func numbered(what string, numbers []int64) string {
	var shown []string
	for _, n := range numbers[:min(len(numbers), mostNumbered)] {
		shown = append(shown, fmt.Sprint(n))
	}
	if len(numbers) > mostNumbered {
		shown = append(shown, "…")
	}
	return fmt.Sprintf("%s (%s)", words.Count(len(numbers), what), strings.Join(shown, ", "))
}

// notImported says in words what an import of some studies leaves in the file, besides
// what it leaves of these studies.
func (f *File) notImported(chosen []optuna.Study) []string {
	list := []string{}
	for _, study := range f.studies.Studies {
		if !slices.ContainsFunc(chosen, func(c optuna.Study) bool { return c.Name == study.Name }) {
			list = append(list, fmt.Sprintf("the study %q with %s, which was not chosen", study.Name, words.Count(len(study.Trials), "trial")))
		}
	}
	if f.studies.Strays > 0 {
		list = append(list, words.Count(f.studies.Strays, "trial")+" of no study")
	}
	if f.studies.Torn {
		list = append(list, "the last line, which is incomplete")
	}
	return list
}
