package main

import (
	"context"
	"errors"
)

// record reads the input and records it batch by batch.
func (i *ingest) record(ctx context.Context) error {
	batches := make(chan []line, readAhead)
	go func() { // decodes a batch while another is recorded
		defer close(batches)
		readLines(i.input.reader, i.input.taken.Bytes, i.input.next, func(batch []line) bool {
			select {
			case batches <- batch:
				return true
			case <-ctx.Done():
				return false
			}
		})
	}()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case batch, ok := <-batches:
			if !ok {
				return ctx.Err() // reading also ends when it is interrupted
			}
			if err := i.take(ctx, batch); err != nil {
				return err
			}
		}
	}
}

// take records the events of a batch.
func (i *ingest) take(ctx context.Context, batch []line) error {
	if last := len(batch) - 1; batch[last].readErr != nil {
		return errors.Join(i.flush(ctx, batch[:last]), i.atTheEnd(ctx, batch[last]))
	}
	return i.flush(ctx, batch)
}
