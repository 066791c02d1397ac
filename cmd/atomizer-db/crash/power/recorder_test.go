package power_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
)

// asRecorder is the environment variable that makes this test's binary a program that
// records through the Go API, from as many goroutines as the variable says.
const asRecorder = "ATOMIZER_POWER_GOROUTINES"

// recorderEvents is the number of events that the recorder's goroutines record together.
const recorderEvents = 192

// recorder records events, every sixth of them a finalize that exports playbook.json,
// and writes the key of each to standard output when it has been recorded.
func recorder(goroutines, database string) (err error) {
	n, err := strconv.Atoi(goroutines)
	if err != nil {
		return err
	}
	ctx := context.Background()
	loop, err := feedback.Open(ctx, database, feedback.WithNotices(func(string) {}))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, loop.Close()) }()
	failures := make([]error, n)
	var all sync.WaitGroup
	for g := range n {
		all.Go(func() {
			for i := g; i < recorderEvents && failures[g] == nil; i += n {
				failures[g] = recordOne(ctx, loop, i)
			}
		})
	}
	all.Wait()
	return errors.Join(failures...)
}

func recordOne(ctx context.Context, loop *feedback.Loop, i int) (err error) {
	header := event.Header{Key: key("recorder", i)}
	if i%6 == 5 {
		_, err = loop.Finalize(ctx, event.Summary{Header: header, Name: fmt.Sprintf("part %d", i), TotalTrials: int64(i), ConvergenceRate: 0.5})
	} else {
		_, err = loop.RecordTrial(ctx, event.Trial{
			Header: header, Number: int64(i), Success: i%3 > 0, ContextItems: []string{item(1 + i%startItems)},
			Errors: []string{fmt.Sprintf("element %d diverged", i%7)},
		})
	}
	if err == nil {
		_, err = os.Stdout.WriteString(header.Key + "\n")
	}
	return err
}
