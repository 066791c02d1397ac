package history

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"atomizer-db/feedback/playbook"
	"atomizer-db/feedback/words"
)

// The formats that a playbook can only be exported in.
const (
	Markdown Format = "markdown"
	CSV      Format = "csv"

	// SafeCSV is [CSV] for a spreadsheet: an apostrophe stands before each cell that
	// begins with =, +, -, @, a tab or a carriage return, so that it is not a formula.
	// Numbers stay as they are.
	SafeCSV Format = "safe-csv"
)

func markdown(file playbook.File) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Playbook\n\nVersion %d, %s\n", file.Version, words.Count(len(file.Items), "item"))
	for _, category := range playbook.Categories {
		heading := fmt.Sprintf("\n## %s\n\n", category.Heading())
		for _, item := range file.Items {
			if item.Category != category {
				continue
			}
			b.WriteString(heading)
			heading = ""
			fmt.Fprintf(&b, "- **%s** (helpful %d, harmful %d): %s\n", item.ID, item.Helpful, item.Harmful, strings.ReplaceAll(item.Content, "\n", "\n  "))
		}
	}
	return b.Bytes()
}

func playbookCSV(file playbook.File, sectionOf func(playbook.Item) string, safe bool) ([]byte, error) {
	var b bytes.Buffer
	w := NewCSVWriter(&b, safe)
	if err := w.Write([]string{
		"id", "category", "section", "content", "helpful_count", "harmful_count", "net_score", "created_at", "last_used", "source_trials", "tags",
	}); err != nil {
		return nil, err
	}
	for _, item := range file.Items {
		used := ""
		if item.LastUsed != nil {
			used = *item.LastUsed
		}
		sources, err := json.Marshal(append([]int64{}, item.SourceTrials...))
		if err != nil {
			return nil, err
		}
		tags, err := json.Marshal(append([]string{}, item.Tags...))
		if err != nil {
			return nil, err
		}
		if err := w.Write([]string{
			item.ID, string(item.Category), sectionOf(item), item.Content,
			strconv.FormatInt(item.Helpful, 10), strconv.FormatInt(item.Harmful, 10), strconv.FormatInt(item.Helpful-item.Harmful, 10),
			item.CreatedAt, used, string(sources), string(tags),
		}); err != nil {
			return nil, err
		}
	}
	err := w.Flush()
	return b.Bytes(), err
}
