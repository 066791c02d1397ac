package history

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/event"
	"atomizer-db/feedback/history/ace"
	"atomizer-db/feedback/history/legacy"
	"atomizer-db/feedback/history/skillbook"
	"atomizer-db/feedback/playbook"
	"atomizer-db/feedback/words"
	"atomizer-db/store/optuna"
	"atomizer-db/store/regular"
)

// Format is the format of a file of history.
type Format string

// The formats that can be imported.
const (
	PlaybookJSON  Format = "json"      // playbook.json and its variants
	ACEText       Format = "ace"       // a playbook as ACE writes it
	SkillbookJSON Format = "skillbook" // a playbook of the agentic context engine
	SkillMarkdown Format = "skills"    // the same in Markdown
	OptunaSQLite  Format = "optuna"    // studies in a database
	OptunaJournal Format = "journal"   // studies in a file of Optuna's JournalStorage
)

// MaxPlaybookFile is the largest playbook.json that is read, in bytes. The database
// stores its content, too.
const MaxPlaybookFile = 256 << 20

// maxImport is the largest other file that is read into memory, in bytes.
const maxImport = 1 << 30

// ImportFormats lists all formats that can be imported.
var ImportFormats = []Format{PlaybookJSON, ACEText, SkillbookJSON, SkillMarkdown, OptunaSQLite, OptunaJournal}

// OfStudies reports whether files of the format contain studies and not a playbook.
func (f Format) OfStudies() bool { return f == OptunaSQLite || f == OptunaJournal }

// isJSON reports whether playbooks of the format are JSON.
func (f Format) isJSON() bool { return f == PlaybookJSON || f == SkillbookJSON }

// File is a file of history that has been read.
type File struct {
	Path   string
	Format Format
	Found  string // its format and content, in words

	raw     []byte
	digest  []byte
	book    playbook.File
	studies *optuna.File // nil: a playbook
}

// Studies returns the names of the studies in the file.
func (f *File) Studies() (names []string) {
	if f.studies == nil {
		return nil
	}
	for _, study := range f.studies.Studies {
		names = append(names, study.Name)
	}
	return names
}

// Close ends reading the file. Studies of a database are read while they are imported.
func (f *File) Close() error {
	if f.studies == nil {
		return nil
	}
	return f.studies.Close()
}

// ReadFile reads a file to import. If format is "", it recognizes the format from the
// content. The caller closes the file.
func ReadFile(ctx context.Context, path string, format Format) (file *File, err error) {
	file = &File{Path: path, Format: format}
	head, err := readHead(path)
	if err != nil {
		return nil, err
	}
	database := bytes.HasPrefix(head, []byte("SQLite format 3\x00"))
	switch {
	case format == "" && database:
		file.Format = OptunaSQLite
	case format == OptunaSQLite && !database:
		return nil, fmt.Errorf("%s is not a SQLite database: it is %s", path, describe(head))
	}
	if file.Format == OptunaSQLite {
		if file.digest, err = fileDigest(path); err != nil {
			return nil, err
		}
		if file.studies, err = optuna.OpenDatabase(ctx, path); err != nil {
			return nil, err
		}
		file.Found = fmt.Sprintf("an Optuna database (schema %s) with %s", file.studies.Version, contents(file.studies))
		return file, nil
	}
	if file.raw, err = regular.Read(path, maxImport); err != nil {
		return nil, err
	}
	file.digest = contentDigest(file.raw)
	if file.Format == "" {
		if file.Format, err = recognize(path, file.raw); err != nil {
			return nil, err
		}
	}
	return file, file.decode()
}

func (f *File) decode() (err error) {
	switch f.Format {
	case OptunaJournal:
		if f.studies, err = optuna.ReadJournal(f.Path, f.raw); err == nil {
			f.Found = "a journal of Optuna with " + contents(f.studies)
		}
		return err
	case ACEText:
		f.book, err = ace.Decode(f.raw)
		f.Found = "an ACE playbook with "
	case SkillbookJSON:
		f.book, err = skillbook.Decode(f.raw)
		f.Found = "a skillbook with "
	case SkillMarkdown:
		f.book, err = skillbook.DecodeMarkdown(f.raw)
		f.Found = "skills in Markdown with "
	default:
		f.book, err = legacy.Decode(f.raw)
		f.Found = "a playbook.json with "
	}
	f.Found += words.Count(len(f.book.Items), "item")
	if err != nil {
		err = fmt.Errorf("%s: %w", f.Path, err)
	}
	return err
}

func contents(studies *optuna.File) string {
	trials := 0
	for _, study := range studies.Studies {
		trials += len(study.Trials)
	}
	noun := "studies"
	if len(studies.Studies) == 1 {
		noun = "study"
	}
	return fmt.Sprintf("%d %s, %s", len(studies.Studies), noun, words.Count(trials, "trial"))
}

// readHead returns the first 1024 bytes of a file.
func readHead(path string) (head []byte, err error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a folder: name the file in it", path)
	}
	in, err := regular.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	return io.ReadAll(io.LimitReader(in, 1024))
}

// expected lists what can be imported.
const expected = `expected a playbook.json (JSON with "items"), a skillbook (JSON with "skills", "bullets" or "entries", a list of items, or Markdown), an ACE playbook (text with lines such as ` +
	"`[str-00001] helpful=0 harmful=0 :: advice`), or studies of Optuna (a SQLite database or a journal)"

// recognize returns the format of a file that is not a database.
func recognize(path string, text []byte) (Format, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	trimmed := bytes.TrimSpace(text)
	switch {
	case len(trimmed) == 0:
		return "", fmt.Errorf("%s: the file is empty: %s", path, expected)
	case trimmed[0] == '{' && optuna.IsJournal(trimmed):
		return OptunaJournal, nil
	case trimmed[0] == '{':
		return recognizeObject(path, trimmed)
	case ace.Has(text) && !skillbook.HasHeadings(text):
		return ACEText, nil
	case skillbook.IsMarkdown(text):
		return SkillMarkdown, nil
	case trimmed[0] == '[' && jsontext.Value(trimmed).IsValid():
		return recognizeList(path, trimmed)
	}
	return "", fmt.Errorf("%s is %s: %s", path, describe(text), expected)
}

// recognizeList returns the format of a list of items.
func recognizeList(path string, text []byte) (Format, error) {
	var items []map[string]jsontext.Value
	if json.Unmarshal(text, &items) != nil || len(items) == 0 {
		return "", fmt.Errorf("%s is a JSON list, but not of items: %s", path, expected)
	}
	return SkillbookJSON, nil
}

func recognizeObject(path string, text []byte) (Format, error) {
	names, whole := memberNames(text)
	has := map[string]bool{}
	for _, name := range names {
		has[name] = true
	}
	switch {
	case has["items"]:
		return PlaybookJSON, nil
	case has["skills"] || has["bullets"] || has["entries"]:
		return SkillbookJSON, nil
	case isEvent(text):
		return "", &EventFileError{path}
	case !whole:
		return PlaybookJSON, nil // its decoder reports where the syntax error is
	case len(names) == 0:
		return "", fmt.Errorf("%s is an empty JSON object: %s", path, expected)
	}
	const most = 8
	if len(names) > most {
		names = append(names[:most], "…")
	}
	return "", fmt.Errorf("%s is a JSON object with the fields %s: %s", path, strings.Join(names, ", "), expected)
}

// isEvent reports whether a text begins with a line of an event file.
func isEvent(text []byte) bool {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	_, err := event.Decode(bytes.TrimSpace(line))
	return err == nil
}

// memberNames lists the fields of an object up to the first syntax error.
func memberNames(text []byte) (names []string, whole bool) {
	decoder := jsontext.NewDecoder(bytes.NewBuffer(bytes.Clone(text)), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if _, err := decoder.ReadToken(); err != nil {
		return nil, false
	}
	for decoder.PeekKind() != '}' {
		name, err := decoder.ReadToken()
		if err != nil {
			return names, false
		}
		names = append(names, name.String())
		if err := decoder.SkipValue(); err != nil {
			return names, false
		}
	}
	return names, true
}

// describe returns a description of a text for error messages.
func describe(text []byte) string {
	switch {
	case bytes.HasPrefix(text, []byte{0x1f, 0x8b}):
		return "compressed (gzip): unpack it first"
	case bytes.HasPrefix(text, []byte{0xff, 0xfe}), bytes.HasPrefix(text, []byte{0xfe, 0xff}):
		return "text in UTF-16: save it as UTF-8 first"
	case bytes.IndexByte(text, 0) >= 0:
		return "binary data"
	case len(bytes.TrimSpace(text)) == 0:
		return "empty"
	}
	line, _, _ := bytes.Cut(bytes.TrimSpace(text), []byte("\n"))
	if !utf8.Valid(line) {
		return "text that is not UTF-8"
	}
	const length = 60 // characters of the line that are shown
	shown := words.Cut(string(line), length)
	if shown != string(line) {
		shown += "…"
	}
	return fmt.Sprintf("text that begins %q", shown)
}
