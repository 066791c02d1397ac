package feedback

import (
	"context"

	"atomizer-db/store"
)

// Questions returns a connection for SQL that a person typed. It must be closed before
// the loop. The parameter :study defaults to the loop's study.
func (l *Loop) Questions(ctx context.Context) (*store.Questions, error) {
	return l.store.Questions(ctx, map[string]any{"study": l.StudyName()})
}
