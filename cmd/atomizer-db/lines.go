package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"atomizer-db/feedback"
)

const (
	maxBatch      = 1000     // events a transaction
	maxBatchBytes = 4 << 20  // bytes of lines a transaction
	readAhead     = 256      // lines decoded while others are recorded
	readBuffer    = 1 << 20  // bytes
	maxLine       = 64 << 20 // bytes: an event that is larger is a mistake
)

// line is one event of the input, decoded.
type line struct {
	number  int
	text    []byte
	end     int64 // bytes of the input up to here
	last    bool  // no other whole line is at hand: record what there is
	event   feedback.Event
	err     error // what is wrong with the line
	readErr error // the input cannot be read on
}

// readLines decodes the lines of the input while others are recorded. Blank
// lines are passed over.
func readLines(ctx context.Context, in io.Reader) <-chan line {
	lines := make(chan line, readAhead)
	go func() {
		defer close(lines)
		reader := bufio.NewReaderSize(in, readBuffer)
		end := int64(0)
		for number := 1; ; number++ {
			text, err := readLine(reader)
			end += int64(len(text))
			l := line{number: number, text: text, end: end}
			if number == 1 {
				l.text = bytes.TrimPrefix(l.text, []byte("\ufeff"))
			}
			switch {
			case errors.Is(err, bufio.ErrTooLong):
				l.readErr = fmt.Errorf("line %d is longer than %d MiB", number, maxLine>>20)
			case err != nil && !errors.Is(err, io.EOF):
				l.readErr = err
			}
			l.text = bytes.TrimSpace(l.text)
			if len(l.text) > 0 && l.readErr == nil {
				l.event, l.err = feedback.DecodeEvent(l.text)
			}
			l.last = !wholeLineAtHand(reader)
			if len(l.text) > 0 || l.readErr != nil {
				select {
				case lines <- l:
				case <-ctx.Done():
					return
				}
			}
			if err != nil {
				return
			}
		}
	}()
	return lines
}

// readLine reads up to the next newline, or to the end.
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

// wholeLineAtHand tells whether another line can be read without waiting.
func wholeLineAtHand(reader *bufio.Reader) bool {
	buffered, _ := reader.Peek(reader.Buffered())
	return bytes.IndexByte(buffered, '\n') >= 0
}
