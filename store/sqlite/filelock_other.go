//go:build !unix

package sqlite

import "context"

// fileLock does nothing on this system: writers rely on SQLite's own locks.
type fileLock struct{ path string }

func (*fileLock) lock(context.Context) error { return nil }
func (*fileLock) try() bool                  { return false }
func (*fileLock) unlock()                    {}
func (*fileLock) close()                     {}
