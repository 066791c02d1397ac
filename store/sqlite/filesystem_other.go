//go:build !linux

package sqlite

// networkFileSystem returns "": it cannot tell on this system.
func networkFileSystem(string) string { return "" }
