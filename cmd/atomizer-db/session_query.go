package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/go-json-experiment/json/jsontext"

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
	if _, err := q.values(); err != nil {
		return err
	}
	_, err := q.limits()
	return err
}

func (q queryQuestion) limits() (queryLimits, error) {
	limits := defaultLimits
	if q.Timeout != nil {
		if *q.Timeout > math.MaxInt64/float64(time.Second) {
			return limits, wrongField("timeout", "is too long: give 0 for no limit")
		}
		limits.timeout = time.Duration(*q.Timeout * float64(time.Second))
	}
	if q.MaxMemory != nil {
		if err := limits.maxMemory.Set(*q.MaxMemory); err != nil {
			return limits, wrongField("max_memory", "must be a size such as 512MiB, not %q", *q.MaxMemory)
		}
	}
	return limits, limits.check()
}

// values returns the values of the parameters.
func (q queryQuestion) values() (map[string]any, error) {
	values := map[string]any{}
	for name, value := range q.Parameters {
		var err error
		switch value.Kind() {
		case 't':
			values[name] = int64(1)
		case 'f':
			values[name] = int64(0)
		case '"':
			var text []byte
			text, err = jsontext.AppendUnquote(nil, value)
			values[name] = string(text)
		case '0':
			values[name], err = parameterValue(string(value))
		case '{', '[':
			err = errors.New("must be a number, text, true, false or null")
		default:
			values[name] = nil
		}
		if err != nil {
			return nil, wrongField(fmt.Sprintf("parameters[%q]", name), "%v", err)
		}
	}
	return values, nil
}

// ask returns the rows as a list of objects. A query that does not stop at a limit is an
// [errAbandoned], after which nothing can be asked any more.
func (q queryQuestion) ask(loop *feedback.Loop, ctx context.Context) (rows json.RawMessage, err error) {
	limits, err := q.limits()
	if err != nil {
		return nil, err
	}
	values, err := q.values()
	if err != nil {
		return nil, err
	}
	questions, err := loop.Questions(ctx)
	if err != nil {
		return nil, err
	}
	ctx, beyond, release := limits.within(ctx)
	defer release()
	var text bytes.Buffer
	list := &jsonRows{out: &text}
	done := make(chan error, 1)
	go func() { done <- questions.Ask(ctx, *q.SQL, values, list) }()
	err = awaitQuery(ctx, done, beyond)
	if errors.Is(err, errAbandoned) {
		return nil, fmt.Errorf("%w; %w", limits.stopped(ctx, err), errAbandoned)
	}
	err = errors.Join(err, questions.Close())
	if err == nil {
		err = list.end()
	}
	if err != nil && ctx.Err() != nil {
		err = limits.stopped(ctx, err)
	}
	return text.Bytes(), err
}
