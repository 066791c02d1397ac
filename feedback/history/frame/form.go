package frame

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/words"
)

// Form is how a file is written, whatever it says. The zero value is text without a byte
// order mark, with line feeds, and JSON that is indented by two spaces.
type Form struct {
	BOM    bool   `json:"bom,omitzero"`
	CRLF   bool   `json:"crlf,omitzero"`   // at the end of each line
	Indent string `json:"indent,omitzero"` // of JSON
	Line   bool   `json:"line,omitzero"`   // JSON on one line
	Spaced bool   `json:"spaced,omitzero"` // with a space after each colon and comma
}

const (
	bom        = "\ufeff"
	usualSpace = "  "
)

var (
	indented = words.Pattern(`^\s*[{\[]\r?\n([ \t]+)`)
	spaced   = words.Pattern(`^[\s{\[]*"(?:[^"\\]|\\.)*": `)
)

// FormOf returns the form of a file. Line ends of several kinds are line feeds.
func FormOf(file []byte, isJSON bool) (f Form) {
	text, hasBOM := bytes.CutPrefix(file, []byte(bom))
	f.BOM = hasBOM
	lines := bytes.Count(text, []byte("\n"))
	f.CRLF = lines > 0 && lines == bytes.Count(text, []byte("\r\n"))
	if !isJSON {
		return f
	}
	f.Line = !bytes.Contains(bytes.TrimSpace(text), []byte("\n"))
	f.Spaced = f.Line && spaced().Match(text)
	if found := indented().FindSubmatch(text); found != nil && string(found[1]) != usualSpace {
		f.Indent = string(found[1])
	}
	return f
}

// Write returns a file of the zero form in this form.
func (f Form) Write(file []byte, isJSON bool) ([]byte, error) {
	if isJSON && (f.Line || f.Indent != "") {
		value, end := jsontext.Value(bytes.TrimSpace(file)).Clone(), file[len(bytes.TrimRight(file, "\n")):]
		layout := []jsontext.Options{jsontext.PreserveRawStrings(true), jsontext.SpaceAfterColon(f.Spaced), jsontext.SpaceAfterComma(f.Spaced)}
		if !f.Line && strings.Trim(f.Indent, " \t") == "" {
			layout = []jsontext.Options{jsontext.PreserveRawStrings(true), jsontext.WithIndent(f.Indent)}
		}
		if err := value.Format(layout...); err != nil {
			return nil, err
		}
		file = append(value, end...)
	}
	if f.CRLF {
		file = bytes.ReplaceAll(file, []byte("\n"), []byte("\r\n"))
	}
	if f.BOM {
		file = append([]byte(bom), file...)
	}
	return file, nil
}
