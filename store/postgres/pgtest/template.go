package pgtest

import (
	"context"
	"sync"
	"testing"
)

// Template is a database that is prepared once for all tests of a process.
type Template struct{ name func() (string, error) }

// NewTemplate returns a template that the first test to use it prepares. Prepare has to
// close its connections.
func NewTemplate(prepare func(address string) error) *Template {
	return &Template{sync.OnceValues(func() (string, error) {
		c, err := shared()
		if err != nil {
			return "", err
		}
		name, err := c.create(context.Background(), "template0", "pg_default")
		if err != nil {
			return "", err
		}
		return name, prepare(c.address(owner, name))
	})}
}

// Address returns the address of a copy, which is dropped when the test ends.
func (p *Template) Address(tb testing.TB) string {
	tb.Helper()
	name, err := p.name()
	check(tb, err)
	return temporary(tb, name, "pg_default")
}
