package mcp

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"

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

// decode returns the message of a line, or what is wrong with it.
func decode(text []byte, tooLong bool) (jsonrpc.Message, *jsonrpc.Error) {
	if tooLong {
		return nil, &jsonrpc.Error{Code: jsonrpc.CodeInvalidRequest, Message: fmt.Sprintf("the line is longer than %d MiB", longestLine>>20)}
	}
	if !json.Valid(text) {
		return nil, &jsonrpc.Error{Code: jsonrpc.CodeParseError, Message: "the line is not JSON: send one JSON-RPC message a line"}
	}
	if text[0] == '[' {
		return nil, &jsonrpc.Error{Code: jsonrpc.CodeInvalidRequest, Message: "batches are not supported: send one message a line"}
	}
	message, err := jsonrpc.DecodeMessage(text)
	if err != nil {
		return nil, &jsonrpc.Error{Code: jsonrpc.CodeInvalidRequest, Message: "the line is no JSON-RPC message: " + err.Error()}
	}
	return message, nil
}
