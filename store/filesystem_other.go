//go:build !linux

package store

// networkFileSystem returns "": it cannot tell on this system.
func networkFileSystem(string) string { return "" }
