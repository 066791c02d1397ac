package main

import (
	"context"
	"errors"
	"path/filepath"
	"syscall"
	"testing"
)

// TestOpenOfPipeIsInterrupted opens a named pipe that no process writes to.
func TestOpenOfPipeIsInterrupted(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := open(ctx, pipe); !errors.Is(err, context.Canceled) {
		t.Errorf("opening it gives %v", err)
	}
}
