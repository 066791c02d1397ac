package crash_test

import (
	"bufio"
	"encoding/json"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// client is a session: a process that records events from its standard input and answers each.
type client struct {
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Scanner
	stderr  *tail
}

// tail stores the output of a process. It may be read after the process has ended.
type tail struct{ text []byte }

func (b *tail) Write(p []byte) (int, error) { b.text = append(b.text, p...); return len(p), nil }

// client starts a session.
func (p place) client(t *testing.T) *client {
	t.Helper()
	c := p.start(t, "session")
	if !c.out.Scan() || !strings.HasPrefix(c.out.Text(), `{"session":1,`) {
		t.Errorf("the session begins with %q", c.out.Text())
	}
	return c
}

// start starts a command.
func (p place) start(t *testing.T, args ...string) *client {
	t.Helper()
	c := &client{command: p.command(t, args...), stderr: &tail{}}
	c.command.Stderr = c.stderr
	out, err := c.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if c.in, err = c.command.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	c.out = bufio.NewScanner(out)
	if err := c.command.Start(); err != nil {
		t.Fatal(err)
	}
	return c
}

// send sends events, with at most window of them unanswered, and returns the number of
// answers. After killAfter answers it kills the process (0: never).
func (c *client) send(lines []string, window, killAfter int) (answered int) {
	unanswered, gone := make(chan struct{}, window), make(chan struct{})
	sender := make(chan struct{})
	go func() {
		defer close(sender)
		for _, line := range lines {
			select {
			case unanswered <- struct{}{}:
			case <-gone:
				return
			}
			if _, err := io.WriteString(c.in, line+"\n"); err != nil {
				return
			}
		}
	}()
	for answered < len(lines) && c.out.Scan() && json.Valid(c.out.Bytes()) && !strings.HasPrefix(c.out.Text(), `{"error":`) {
		answered++
		<-unanswered
		if answered == killAfter {
			_ = c.command.Process.Kill()
		}
	}
	close(gone)
	<-sender
	return answered
}

// end closes the input and waits for the process.
func (c *client) end() error {
	_ = c.in.Close()
	for c.out.Scan() { // otherwise the process could block on its output
	}
	return c.command.Wait()
}
