package pgtest

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
)

// message is a message of PostgreSQL's protocol: a type, the length of the rest, and the rest.
// The first message of a client has no type.
type message struct {
	kind byte // 0: none
	body []byte
}

func readMessage(from *bufio.Reader) (m message, err error) {
	if m.kind, err = from.ReadByte(); err != nil {
		return m, err
	}
	return m, m.readBody(from)
}

func (m *message) readBody(from io.Reader) error {
	var length [4]byte
	if _, err := io.ReadFull(from, length[:]); err != nil {
		return err
	}
	size := binary.BigEndian.Uint32(length[:])
	if size < 4 || size > 1<<30 {
		return fmt.Errorf("a message of %d bytes", size)
	}
	m.body = make([]byte, size-4)
	_, err := io.ReadFull(from, m.body)
	return err
}

func (m *message) write(to *bufio.Writer) error {
	if m.kind != 0 {
		_ = to.WriteByte(m.kind) // a writer keeps its first error
	}
	_, _ = to.Write(binary.BigEndian.AppendUint32(nil, uint32(len(m.body)+4)))
	_, err := to.Write(m.body)
	return err
}

// texts returns the first two texts of the body; both end with a zero byte.
func (m *message) texts() (first, second string) {
	first, rest, _ := strings.Cut(string(m.body), "\x00")
	second, _, _ = strings.Cut(rest, "\x00")
	return first, second
}

// committed reports whether the server says that it has committed.
func (m *message) committed() bool { return m.kind == 'C' && string(m.body) == "COMMIT\x00" }

// commits tells which messages of a client ask for a commit.
type commits struct{ statements, portals map[string]bool }

func newCommits() commits { return commits{map[string]bool{}, map[string]bool{}} }

func (c commits) asks(m message) bool {
	first, second := m.texts()
	switch m.kind {
	case 'Q': // Query: its text
		return isCommit(first)
	case 'P': // Parse: the name of the statement, its text
		c.statements[first] = isCommit(second)
	case 'B': // Bind: the name of the portal, of the statement
		c.portals[first] = c.statements[second]
	case 'E': // Execute: the name of the portal
		return c.portals[first]
	}
	return false
}

// isCommit reports whether one of the statements is a COMMIT.
func isCommit(statements string) bool {
	for statement := range strings.SplitSeq(statements, ";") {
		if words := strings.Fields(strings.ToLower(statement)); len(words) > 0 && (words[0] == "commit" || words[0] == "end") {
			return true
		}
	}
	return false
}
