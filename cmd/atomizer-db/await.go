package main

import (
	"context"
	"fmt"
	"io"
)

// await runs a function that may block for ever, such as a read from a terminal or a
// pipe, and gives up on it when ctx is done.
func await[T any](ctx context.Context, fn func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := fn()
		done <- result{value, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// readAll reads to the end of what is named. More than limit bytes are an error.
func readAll(ctx context.Context, from io.Reader, name string, limit int64) ([]byte, error) {
	text, err := await(ctx, func() ([]byte, error) { return io.ReadAll(io.LimitReader(from, limit+1)) })
	if err == nil && int64(len(text)) > limit {
		err = fmt.Errorf("%s is larger than %d MiB", name, limit>>20)
	}
	return text, err
}
