//go:build !unix

package store

import "context"

// fileLock does nothing here: writers wait for each other as SQLite has it.
type fileLock struct{ path string }

func (*fileLock) lock(context.Context) error { return nil }
func (*fileLock) try() bool                  { return false }
func (*fileLock) unlock()                    {}
func (*fileLock) close()                     {}
