package playbook

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/jsonerr"
)

// placeError is a problem with the value at an offset.
type placeError struct {
	offset  int64
	path    string
	problem string
}

func (e *placeError) Error() string { return e.problem }

// wrong returns an error about the value that comes next.
func (d *decoder) wrong(path, format string, args ...any) error {
	return &placeError{d.next(), path, fmt.Sprintf(format, args...)}
}

// next returns the offset of the token that comes next.
func (d *decoder) next() int64 {
	offset := d.in.InputOffset()
	rest := d.data[min(offset, int64(len(d.data))):]
	return offset + int64(len(rest)-len(bytes.TrimLeft(rest, " \t\r\n:,")))
}

// explain returns an error in words for the person who owns the file.
func (d *decoder) explain(err error) error {
	if place, ok := errors.AsType[*placeError](err); ok {
		if place.path == "" {
			return fmt.Errorf("%s: %s", d.position(place.offset), place.problem)
		}
		return fmt.Errorf("%s: %s: %s", d.position(place.offset), place.path, place.problem)
	}
	offset, problem := jsonerr.Syntax(d.data, err)
	if problem == nil {
		return err
	}
	if errors.Is(problem, jsonerr.ErrCutOff) {
		return fmt.Errorf("%s: the file ends in the middle of its JSON: it was cut off", d.position(offset))
	}
	path := ""
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		path = pathOf(syntax.JSONPointer)
	}
	return fmt.Errorf("%s: %s", d.position(offset), strings.TrimPrefix(path+": ", ": ")+problem.Error())
}

// position returns the line and the column, in characters, both from 1.
func (d *decoder) position(offset int64) string {
	before := d.data[:offset]
	line := bytes.Count(before, []byte("\n")) + 1
	column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
	return fmt.Sprintf("line %d, column %d", line, column)
}
