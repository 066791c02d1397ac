package feedback

import (
	"context"

	"atomizer-db/store"
)

// Questions takes a connection for SQL that somebody typed, to be closed before
// the loop is. The parameter :study is the loop's study where nobody gives it.
func (l *Loop) Questions(ctx context.Context) (*store.Questions, error) {
	return l.store.Questions(ctx, map[string]any{"study": l.StudyName()})
}
