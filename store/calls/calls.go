// Package calls counts the running calls of an open database, so that closing it waits for
// them.
package calls

import "sync"

// Calls are the running calls. New makes them.
type Calls struct {
	mutex   sync.Mutex
	closed  bool
	running sync.WaitGroup
	ended   chan struct{} // closed when the database is closed
}

// New returns the calls of a database that was just opened.
func New() *Calls { return &Calls{ended: make(chan struct{})} }

// Begin registers a call and reports whether it may run. A call that may run must call
// Done at its end.
func (c *Calls) Begin() bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.closed {
		return false
	}
	c.running.Add(1)
	return true
}

// Done ends a call.
func (c *Calls) Done() { c.running.Done() }

// End prevents further calls and waits for running ones. It reports whether the caller is the
// first, which then closes the database and calls Ended. For other callers it waits for that.
func (c *Calls) End() bool {
	c.mutex.Lock()
	first := !c.closed
	c.closed = true
	c.mutex.Unlock()
	if first {
		c.running.Wait()
	} else {
		<-c.ended
	}
	return first
}

// Ended says that the database is closed.
func (c *Calls) Ended() { close(c.ended) }
