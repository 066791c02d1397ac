package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/event"
)

const (
	maxBatch      = 2000     // events in a transaction
	maxBatchBytes = 4 << 20  // bytes of lines in a transaction
	readAhead     = 1        // batches that are decoded while another is recorded
	readBuffer    = 1 << 20  // bytes
	maxLine       = 64 << 20 // bytes: a larger event is a mistake
)

// line is one event of the input, decoded.
type line struct {
	number  int64
	raw     []byte // the line with its newline, and the blank lines before it
	text    []byte // the event
	end     int64  // position in the input after the line, in bytes
	event   event.Event
	err     error // what is wrong with the line
	readErr error // why the input cannot be read any further
}

// errNotWhole is the error of a last line that is still being written.
var errNotWhole = errors.New("the last line is incomplete")

// readLines decodes the lines of the input and passes them to take in batches. A
// batch holds the lines that can be read without waiting, up to a limit, and is for
// one transaction. The input stands at byte end and at the line of that number.
// readLines returns at the end of the input, or when take returns false. Blank lines
// are skipped.
func readLines(in *bufio.Reader, end, number int64, take func([]line) bool) {
	var raw []byte
	var batch []line
	size := 0
	for ; ; number++ {
		part, err := readLine(in)
		if raw == nil {
			raw = part
		} else {
			raw = append(raw, part...)
		}
		end += int64(len(part))
		if len(bytes.TrimSpace(part)) > 0 || err != nil {
			l := decodeLine(part, number == 1)
			l.number, l.raw, l.end = number, raw, end
			if err != nil {
				l.readErr = readProblem(err, l, number)
			}
			if len(l.text) > 0 || l.readErr != nil {
				batch = append(batch, l)
				size += len(raw)
			}
			raw = nil
		}
		if len(batch) > 0 && (err != nil || len(batch) == maxBatch || size >= maxBatchBytes || !wholeLineAtHand(in)) {
			if !take(batch) {
				return
			}
			batch, size = nil, 0
		}
		if err != nil {
			return
		}
	}
}

func decodeLine(part []byte, first bool) (l line) {
	if first {
		part = bytes.TrimPrefix(part, []byte("\ufeff"))
	}
	l.text = bytes.TrimSpace(part)
	if len(l.text) > 0 {
		l.event, l.err = event.Decode(l.text)
	}
	return l
}

// readProblem returns what is wrong with the last line, given the error that ended
// the input. A complete line without a newline is not wrong.
func readProblem(err error, l line, number int64) error {
	switch {
	case errors.Is(err, bufio.ErrTooLong):
		return fmt.Errorf("line %d is longer than %d MiB", number, maxLine>>20)
	case !errors.Is(err, io.EOF):
		return err
	case len(l.text) > 0 && !wholeObject(l.text):
		return errNotWhole
	}
	return nil
}

// wholeObject reports whether text is one complete JSON object. It need not be a
// valid event.
func wholeObject(text jsontext.Value) bool {
	return text.Kind() == '{' && text.IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// readLine reads up to the next newline or to the end of the input.
func readLine(reader *bufio.Reader) ([]byte, error) {
	var text []byte
	for {
		part, err := reader.ReadSlice('\n')
		text = append(text, part...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return text, err
		}
		if len(text) > maxLine {
			return text, bufio.ErrTooLong
		}
	}
}

// wholeLineAtHand reports whether another line can be read without waiting.
func wholeLineAtHand(reader *bufio.Reader) bool {
	buffered, _ := reader.Peek(reader.Buffered())
	return bytes.IndexByte(buffered, '\n') >= 0
}
