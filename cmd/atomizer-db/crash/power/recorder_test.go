package power_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
)

// asRecorder is the environment variable that makes this test's binary a program that
// records through the Go API.
const asRecorder = "ATOMIZER_POWER_RECORDER"

// recorder records events and writes the key of each to standard output when it has been
// recorded. Its arguments are a number of goroutines, the number of events that they record
// together, and after how many trials one of these is a finalize that exports playbook.json.
func recorder(database string, args []string) (err error) {
	var n, events, trials int
	if _, err := fmt.Sscan(strings.Join(args, " "), &n, &events, &trials); err != nil {
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
			for i := g; i < events && failures[g] == nil; i += n {
				failures[g] = recordOne(ctx, loop, i, trials)
			}
		})
	}
	all.Wait()
	return errors.Join(failures...)
}

func recordOne(ctx context.Context, loop *feedback.Loop, i, trials int) (err error) {
	header := event.Header{Key: key("recorder", i)}
	if i%(trials+1) == trials {
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
