package playbook

import (
	"strings"
	"unicode"
)

// headings are the sections of each category in formats that have sections instead of
// categories.
var headings = map[Category]string{
	Strategy:    "STRATEGIES & INSIGHTS",
	Calculation: "FORMULAS & CALCULATIONS",
	Mistake:     "COMMON MISTAKES TO AVOID",
	Tool:        "TOOLS & CODE SNIPPETS",
	Domain:      "DOMAIN KNOWLEDGE",
	Workflow:    "WORKFLOWS & CHECKLISTS",
}

// Heading returns the section of the category. Items that were imported from another
// format have their own section.
func (c Category) Heading() string { return headings[c] }

// sectionWords maps the names of sections to categories. The first row applies that
// contains the beginning of a word of the name.
var sectionWords = []struct {
	category Category
	words    []string
}{
	{Mistake, []string{"dont", "do not", "never", "warn", "mistake", "error", "pitfall", "troubleshoot", "fail", "avoid", "wrong", "anti pattern", "antipattern"}},
	{Calculation, []string{"formula", "calculat", "equation", "math", "numeric"}},
	{Tool, []string{"tool", "api", "code", "snippet", "template", "function", "command"}},
	{Workflow, []string{"workflow", "checklist", "verif", "procedure", "process", "step", "execution"}},
	{Strategy, []string{"strateg", "rule", "heuristic", "principle", "approach"}},
	{Domain, []string{"domain", "context", "knowledge", "concept", "fact", "definition"}},
}

// CategoryOf returns the category of a section by its name, [Strategy] for a name
// without a known word.
func CategoryOf(section string) Category {
	folded := strings.NewReplacer("’", "", "'", "").Replace(strings.ToLower(section))
	name := " " + strings.Join(strings.FieldsFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) }), " ")
	for _, row := range sectionWords {
		for _, beginning := range row.words {
			if strings.Contains(name, " "+beginning) {
				return row.category
			}
		}
	}
	return Strategy
}
