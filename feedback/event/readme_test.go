package event_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"atomizer-db/feedback/event"
)

var row = regexp.MustCompile("(?m)^\\| `(\\w+)` \\| ([^|]+) \\| ([^|]+) \\|")

// TestTheReadmeListsEveryField holds the tables of README.md to the fields that
// are read and written.
func TestTheReadmeListsEveryField(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range event.Types {
		_, section, found := strings.Cut(string(text), "\n### "+kind+"\n")
		if !found {
			t.Errorf("there is no section on %s", kind)
			continue
		}
		section, _, _ = strings.Cut(section, "\n#")
		var listed []event.Field
		for _, cells := range row.FindAllStringSubmatch(section, -1) {
			listed = append(listed, event.Field{Name: cells[1], What: cells[2], Required: cells[3] == "required"})
		}
		if diff := cmp.Diff(event.Fields(kind), listed); diff != "" {
			t.Errorf("the fields of %s (-code +README):\n%s", kind, diff)
		}
	}
}
