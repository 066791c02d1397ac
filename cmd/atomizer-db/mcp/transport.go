package mcp

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
)

// stdio is a connection by lines of JSON-RPC. Unlike the SDK's, it answers a line that is no
// message and goes on, it hands over one call at a time, in order, and it ends only when
// all calls that it has read are answered.
type stdio struct {
	lines  chan line
	closed chan struct{}
	close  func()

	writing sync.Mutex
	out     io.Writer

	ended bool // the input has, which only Read knows

	mu       sync.Mutex
	waiting  []*jsonrpc.Request // calls that were read and not handed over
	current  *jsonrpc.ID        // the call that was handed over and is not answered
	pings    int                // that were handed over and are not answered
	answered chan struct{}      // has a value after an answer
	err      error              // why the connection ended, if not by the end of input
	ending   bool               // after the current answer
}

// mostWaiting limits the calls that are read before they are made.
const mostWaiting = 1000

func newStdio(in io.Reader, out io.Writer) *stdio {
	c := &stdio{lines: make(chan line), closed: make(chan struct{}), out: out, answered: make(chan struct{}, 1)}
	c.close = sync.OnceFunc(func() { close(c.closed) })
	go c.scan(bufio.NewReader(in))
	return c
}

// Connect returns the connection itself.
func (c *stdio) Connect(context.Context) (sdk.Connection, error) { return c, nil }

// SessionID returns "": there is one session.
func (c *stdio) SessionID() string { return "" }

// Close ends a Read that waits.
func (c *stdio) Close() error {
	c.close()
	return nil
}

// scan reads lines until the input ends or nobody reads them any more.
func (c *stdio) scan(in *bufio.Reader) {
	for {
		l := readLine(in)
		select {
		case c.lines <- l:
		case <-c.closed:
			return
		}
		if l.err != nil {
			return
		}
	}
}

// Read returns the next message. It returns io.EOF when the input has ended and all calls
// are answered.
func (c *stdio) Read(ctx context.Context) (jsonrpc.Message, error) {
	for {
		if next, err := c.next(); next != nil || err != nil {
			return next, err
		}
		lines := c.lines
		if c.ended {
			lines = nil
		}
		select {
		case l := <-lines:
			switch {
			case l.err != nil && !errors.Is(l.err, io.EOF):
				return nil, fmt.Errorf("standard input: %w", l.err)
			case l.err != nil:
				c.ended = true
				continue
			}
			if message, err := c.accept(l); message != nil || err != nil {
				return message, err
			}
		case <-c.answered:
		case <-c.closed:
			return nil, io.EOF
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// next returns a call that can be handed over, or io.EOF, or neither.
func (c *stdio) next() (jsonrpc.Message, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.current != nil:
	case c.ending:
		return nil, io.EOF
	case len(c.waiting) > 0:
		call := c.waiting[0]
		c.waiting, c.current = c.waiting[1:], &call.ID
		return call, nil
	case c.ended && c.pings == 0:
		return nil, io.EOF
	}
	return nil, nil
}

// accept returns the message of a line if it can be handed over at once. Calls wait for their
// turn, but for a ping.
func (c *stdio) accept(l line) (jsonrpc.Message, error) {
	if len(bytes.TrimSpace(l.text)) == 0 && !l.tooLong {
		return nil, nil
	}
	message, wrong := decode(l)
	if wrong != nil {
		return nil, c.refuse(wrong)
	}
	request, ok := message.(*jsonrpc.Request)
	switch {
	case !ok:
		return message, nil
	case request.Method == "notifications/cancelled":
		c.forget(request)
	case request.IsCall() && request.Method != "ping":
		if c.enqueue(request) {
			return nil, nil
		}
		id, err := json.Marshal(request.ID.Raw())
		if err != nil {
			return nil, err
		}
		return nil, c.refuse(refuse(id, jsonrpc.CodeInvalidRequest, "%d calls are waiting: wait for answers", mostWaiting))
	case request.IsCall():
		c.mu.Lock()
		defer c.mu.Unlock()
		c.pings++
	}
	return message, nil
}

// enqueue makes a call wait for its turn, unless too many do.
func (c *stdio) enqueue(call *jsonrpc.Request) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.waiting) == mostWaiting {
		return false
	}
	c.waiting = append(c.waiting, call)
	return true
}

func (c *stdio) refuse(wrong *refusal) error {
	text, err := json.Marshal(wrong)
	if err != nil {
		return err
	}
	return c.write(text)
}

// forget drops a call that still waits and was cancelled. It gets no answer.
func (c *stdio) forget(cancel *jsonrpc.Request) {
	var params struct {
		ID any `json:"requestId"`
	}
	if json.Unmarshal(cancel.Params, &params) != nil {
		return
	}
	id, err := jsonrpc.MakeID(params.ID)
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, call := range c.waiting {
		if call.ID == id {
			c.waiting = append(c.waiting[:i], c.waiting[i+1:]...)
			return
		}
	}
}

// Write writes a message.
func (c *stdio) Write(_ context.Context, message jsonrpc.Message) error {
	text, err := jsonrpc.EncodeMessage(message)
	if err != nil {
		return err
	}
	if err := c.write(text); err != nil {
		return err
	}
	response, ok := message.(*jsonrpc.Response)
	if !ok {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.current != nil && *c.current == response.ID {
		c.current = nil
	} else {
		c.pings-- // no other call is handed over beside the current one
	}
	select {
	case c.answered <- struct{}{}:
	default:
	}
	return nil
}

// write writes a line.
func (c *stdio) write(text []byte) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	_, err := c.out.Write(append(text, '\n'))
	if err != nil {
		c.end(err)
	}
	return err
}

// abandon ends the connection after the current answer.
func (c *stdio) abandon(err error) {
	c.end(err)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ending = true
}

// end notes why the connection ends.
func (c *stdio) end(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		c.err = err
	}
}

// failed returns why the connection ended, nil if by the end of input.
func (c *stdio) failed() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}
