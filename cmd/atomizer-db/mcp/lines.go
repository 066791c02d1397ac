package mcp

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
)

// line is one line of input, or the error that ended the input.
type line struct {
	text    []byte
	tooLong bool
	err     error
}

// longestLine limits a line, in bytes.
const longestLine = 16 << 20

// readLine reads one line, and skips what is too long of it.
func readLine(in *bufio.Reader) (l line) {
	for {
		part, err := in.ReadSlice('\n')
		if l.tooLong = l.tooLong || len(l.text)+len(part) > longestLine; l.tooLong {
			l.text = nil
		} else {
			l.text = append(l.text, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if errors.Is(err, io.EOF) && len(l.text) > 0 {
			err = nil // the next one ends
		}
		l.err = err
		return l
	}
}

// decode returns the message of a line, or the answer that says what is wrong with it.
func decode(l line) (jsonrpc.Message, *refusal) {
	if l.tooLong {
		return nil, refuse(nil, jsonrpc.CodeInvalidRequest, "the line is longer than %d MiB", longestLine>>20)
	}
	text := bytes.TrimSpace(l.text)
	if !json.Valid(text) {
		return nil, refuse(nil, jsonrpc.CodeParseError, "the line is not JSON: send one JSON-RPC message a line")
	}
	var envelope struct {
		ID json.RawMessage `json:"id"`
	}
	if json.Unmarshal(text, &envelope) != nil {
		return nil, refuse(nil, jsonrpc.CodeInvalidRequest, "the line is no object: send one JSON-RPC message a line, not a batch")
	}
	id := envelope.ID
	if id != nil && id[0] != '"' && !isInteger(id) { // the SDK would change it
		return nil, refuse(nil, jsonrpc.CodeInvalidRequest, "the id must be text or an integer, not %s", id)
	}
	message, err := jsonrpc.DecodeMessage(text)
	if err != nil {
		return nil, refuse(id, jsonrpc.CodeInvalidRequest, `the line is no JSON-RPC message: it needs "jsonrpc": "2.0" and a method`)
	}
	return message, nil
}

// isInteger reports whether a number is an integer that every JSON reader reads exactly.
func isInteger(number []byte) bool {
	n, err := strconv.ParseInt(string(number), 10, 64)
	return err == nil && -1<<53 < n && n < 1<<53
}

// refusal is the answer to a line that is no message, or to a call that is not made.
type refusal struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"` // null: it is not known
	Error   *jsonrpc.Error  `json:"error"`
}

func refuse(id json.RawMessage, code int64, format string, values ...any) *refusal {
	return &refusal{"2.0", id, &jsonrpc.Error{Code: code, Message: fmt.Sprintf(format, values...)}}
}
