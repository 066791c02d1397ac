package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

// size is a number of bytes, as a flag.
type size uint64

func (s *size) String() string { return strings.ReplaceAll(humanize.IBytes(uint64(*s)), " ", "") }

// Set parses a size.
func (s *size) Set(text string) error {
	bytes, err := humanize.ParseBytes(text)
	*s = size(bytes)
	return err
}

// Type names the kind of flag for errors.
func (s *size) Type() string { return "size" }

// memoryHelp is the help of --max-memory.
func memoryHelp() string {
	help := "stop a query when the program's memory reaches `SIZE`, such as 1GiB; 0 for no limit"
	if !measuresMemory {
		help += ". It has no effect on " + runtime.GOOS + ": memory is watched on Linux only"
	}
	return help
}

// memoryPause is the time between two looks at the memory. SQLite can fill some
// gigabytes a second.
const memoryPause = 5 * time.Millisecond

// memoryError is the cause of a context that was canceled at a limit of memory.
type memoryError struct{ most size }

func (m *memoryError) Error() string {
	return fmt.Sprintf("the query was stopped at %v of memory: ask for less, or allow more with --max-memory", &m.most)
}

// withinMemory returns a context that ends, with a [*memoryError] as its cause, when
// the program's memory reaches a size. The channel beyond is closed if the memory grows
// by another quarter nevertheless. Without a limit, or where memory cannot be measured,
// nothing happens.
func withinMemory(ctx context.Context, most size) (_ context.Context, beyond <-chan struct{}, release func()) {
	if most == 0 || !measuresMemory {
		return ctx, nil, func() {}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	released, ended, passed := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(memoryPause)
		defer ticker.Stop()
		for {
			select {
			case <-released:
				return
			case <-ticker.C:
			}
			now := resident()
			if now >= uint64(most) {
				cancel(&memoryError{most})
			}
			if now >= uint64(most)+uint64(most)/4 {
				close(passed)
				return
			}
		}
	}()
	return ctx, passed, func() {
		close(released)
		<-ended
		if context.Cause(ctx) != nil {
			debug.FreeOSMemory() // for the next query of a prompt
		}
		cancel(nil)
	}
}
