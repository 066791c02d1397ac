package main

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/cmd/atomizer-db/limits"
	"atomizer-db/feedback"
)

// queryQuestion asks for the rows of an SQL query.
type queryQuestion struct {
	SQL        *string                   `json:"sql"`
	Parameters map[string]jsontext.Value `json:"parameters"`
	Timeout    *float64                  `json:"timeout"` // seconds
	MaxMemory  *string                   `json:"max_memory"`
}

// check returns an [*event.FieldError] for fields that are wrong.
func (q queryQuestion) check() error {
	if err := require("sql", q.SQL); err != nil {
		return err
	}
	if _, err := feedback.Parameters(q.Parameters); err != nil {
		return err
	}
	_, err := q.limits()
	return err
}

func (q queryQuestion) limits() (limits.Query, error) {
	within := limits.Default
	if q.Timeout != nil {
		if *q.Timeout > math.MaxInt64/float64(time.Second) {
			return within, wrongField("timeout", "is too long: give 0 for no limit")
		}
		within.Timeout = time.Duration(*q.Timeout * float64(time.Second))
	}
	if q.MaxMemory != nil {
		if err := within.MaxMemory.Set(*q.MaxMemory); err != nil {
			return within, wrongField("max_memory", "must be a size such as 512MiB, not %q", *q.MaxMemory)
		}
	}
	return within, checkLimits(within)
}

// ask returns the rows as a list of objects. A query that does not stop at a limit is an
// [limits.ErrAbandoned], after which nothing can be asked any more.
func (q queryQuestion) ask(loop *feedback.Loop, ctx context.Context) (rows json.RawMessage, err error) {
	within, err := q.limits()
	if err != nil {
		return nil, err
	}
	values, err := feedback.Parameters(q.Parameters)
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	list := &jsonRows{out: &text}
	if err := within.Ask(ctx, loop, *q.SQL, values, list); err != nil {
		return nil, err
	}
	err = list.end()
	return text.Bytes(), err
}
