package page_test

import (
	"flag"
	"html"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write testdata/report.golden")

var (
	element = regexp.MustCompile(`(?s)<(h1|h2|h3|figcaption|dt|th|caption|summary|label|code)\b[^>]*>(.*?)</(?:h1|h2|h3|figcaption|dt|th|caption|summary|label|code)>|<(table|figure|svg|details|input|section)\b[^>]*?(?:aria-label="([^"]*)")?[^>]*>|role="img" aria-label="([^"]*)"`)
	tag     = regexp.MustCompile(`<[^>]*>`)
)

// outline lists the parts of a report that a reader finds their way by.
func outline(text string) string {
	_, body, _ := strings.Cut(text, "<body>")
	var b strings.Builder
	for _, m := range element.FindAllStringSubmatch(body, -1) {
		switch {
		case m[1] != "":
			b.WriteString(m[1] + ": " + html.UnescapeString(tag.ReplaceAllString(m[2], "")) + "\n")
		case m[3] != "" && m[3] != "svg" && m[3] != "input":
			b.WriteString("<" + m[3] + ">\n")
		case m[5] != "":
			b.WriteString("image: " + html.UnescapeString(m[5]) + "\n")
		}
	}
	return b.String()
}

// TestStructureOfReport compares the outline of a report with the one that was last looked at.
func TestStructureOfReport(t *testing.T) {
	got := outline(written(t, bracket(70)(t)))
	const path = "testdata/report.golden"
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the outline differs; look at the report, then run the test with -update (-golden +report):\n%s", diff)
	}
}
