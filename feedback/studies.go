package feedback

import (
	"context"
	"fmt"
	"strings"

	"atomizer-db/feedback/event"
	"atomizer-db/store"
)

// HasBegun reports whether the database has the loop's study.
func (l *Loop) HasBegun(ctx context.Context) (begun bool, err error) {
	err = l.store.View(ctx, func(rx store.Reader) error {
		_, begun, err = rx.Study(l.StudyName())
		return err
	})
	return begun, err
}

// RequireStudy returns an [ErrNotFound] that lists the studies if the database has some, but
// not the loop's: zeros would be a misleading answer to a mistyped name.
func (l *Loop) RequireStudy(ctx context.Context) error {
	if begun, err := l.HasBegun(ctx); begun || err != nil {
		return err
	}
	return l.store.View(ctx, func(rx store.Reader) error {
		studies, err := rx.Studies()
		if err != nil || len(studies) == 0 {
			return err
		}
		var names []string
		for _, s := range studies[:min(len(studies), 5)] {
			names = append(names, fmt.Sprintf("%q", s.Name))
		}
		if len(studies) > len(names) {
			names = append(names, "…")
		}
		return store.Fail(ErrNotFound, "%s has no study %q; it has %s", l.Path(), l.StudyName(), strings.Join(names, ", "))
	})
}

// OnlyStudy returns the loop of the only study in the database, or l if its own study has
// begun, or if there are no studies or several. It is for questions that name no study.
func (l *Loop) OnlyStudy(ctx context.Context) (*Loop, error) {
	if begun, err := l.HasBegun(ctx); begun || err != nil {
		return l, err
	}
	var studies []store.Study
	err := l.store.View(ctx, func(rx store.Reader) (err error) {
		studies, err = rx.Studies()
		return err
	})
	if err != nil || len(studies) != 1 {
		return l, err
	}
	return l.Study(studies[0].Name), nil
}

// BeginStudy creates the loop's study before its first event; begun is false if it
// already exists. A direction other than "" becomes that of the study, unless it has
// another: then BeginStudy returns an [ErrConflict].
func (l *Loop) BeginStudy(ctx context.Context, direction string) (begun bool, err error) {
	if err := event.CheckDirection("direction", direction); err != nil {
		return false, err
	}
	var r recorder
	err = l.store.Update(ctx, func(tx store.Writer) error {
		r = recorder{loop: l, tx: tx}
		study, err := r.study(nil)
		if err != nil {
			return err
		}
		return r.direct(study, event.Header{Direction: direction})
	})
	if err != nil {
		return false, err
	}
	r.announceStudies()
	return len(r.begun) > 0, nil
}

// RenameStudy gives the loop's study another name and returns the loop with that name.
// It returns [ErrConflict] if another study has the name.
func (l *Loop) RenameStudy(ctx context.Context, name string) (*Loop, error) {
	if err := event.CheckText("study", name); err != nil {
		return nil, err
	}
	err := l.changeStudy(ctx, func(tx store.Writer, study int64) error {
		taken, err := tx.RenameStudy(study, name)
		if err == nil && taken {
			err = store.Fail(ErrConflict, "a study %q already exists: choose another name", name)
		}
		return err
	})
	return l.Study(name), err
}

// SetDirection sets whether smaller or larger objectives of the loop's study are better:
// [event.Minimize] or [event.Maximize].
func (l *Loop) SetDirection(ctx context.Context, direction string) error {
	if direction != event.Minimize && direction != event.Maximize {
		return &event.FieldError{
			Field: "direction", Problem: fmt.Sprintf("%q is not one of %s, %s", direction, event.Minimize, event.Maximize),
		}
	}
	return l.changeStudy(ctx, func(tx store.Writer, study int64) error {
		return tx.SetDirection(study, direction)
	})
}

// changeStudy runs fn on the loop's study. It returns [ErrNoStudy] if the study does not
// exist.
func (l *Loop) changeStudy(ctx context.Context, fn func(tx store.Writer, study int64) error) error {
	name := l.StudyName()
	return l.store.Update(ctx, func(tx store.Writer) error {
		study, found, err := tx.Study(name)
		if err == nil && !found {
			err = noStudy(name)
		}
		if err != nil {
			return err
		}
		return fn(tx, study)
	})
}

func noStudy(name string) error { return store.Fail(ErrNoStudy, "there is no study %q", name) }
