package mcp

import (
	"context"
	"errors"
	"fmt"

	"atomizer-db/feedback"
)

// toAsk returns the loop for questions about the study that a call names, or about the
// default study.
func (s *server) toAsk(ctx context.Context, study string) (*feedback.Loop, error) {
	loop, err := s.Database.ToAsk(ctx)
	switch {
	case err != nil:
		return nil, err
	case study != "":
		loop = loop.Study(study)
		return loop, begun(ctx, loop)
	case s.StudyGiven:
		return loop, nil
	}
	return loop.OnlyStudy(ctx)
}

// toRecord returns the loop that records in the study that a call names, or in the default
// study, which is that of questions.
func (s *server) toRecord(ctx context.Context, study string, options ...feedback.Option) (*feedback.Loop, error) {
	loop, err := s.Database.ToRecord(ctx, options...)
	switch {
	case err != nil:
		return nil, err
	case study != "":
		return loop.Study(study), nil
	case s.StudyGiven:
		return loop, nil
	}
	return loop.OnlyStudy(ctx)
}

// begun returns an error for a study without events that was named.
func begun(ctx context.Context, loop *feedback.Loop) error {
	err := loop.RequireStudy(ctx)
	if errors.Is(err, feedback.ErrNotFound) {
		return fmt.Errorf("%w: name one of them, or none", err)
	}
	return err
}
