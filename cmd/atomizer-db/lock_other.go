//go:build !unix

package main

import "os"

// lockFile does nothing on this system.
func lockFile(*os.File) error { return nil }

func unlockFile(*os.File) {}
