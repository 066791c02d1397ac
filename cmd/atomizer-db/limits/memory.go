package limits

import (
	"context"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

// Size is a number of bytes, as a flag.
type Size uint64

func (s *Size) String() string { return strings.ReplaceAll(humanize.IBytes(uint64(*s)), " ", "") }

// Set parses a size.
func (s *Size) Set(text string) error {
	bytes, err := humanize.ParseBytes(text)
	*s = Size(bytes)
	return err
}

// Type names the kind of flag for errors.
func (s *Size) Type() string { return "size" }

// memoryPause is the time between two looks at the memory. SQLite can fill some
// gigabytes a second.
const memoryPause = 5 * time.Millisecond

// withinMemory returns a context that ends, with an [ErrMemory] as its cause, when
// the program's memory reaches a size. The channel beyond is closed if the memory grows
// by another quarter nevertheless. Without a limit, or where memory cannot be measured,
// nothing happens.
func withinMemory(ctx context.Context, most Size) (_ context.Context, beyond <-chan struct{}, release func()) {
	if most == 0 || !MeasuresMemory {
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
				cancel(&stop{ErrMemory, fmt.Sprintf("the query was stopped at %v of memory", &most)})
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
