package main

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/jsonerr"
)

// sessionQuestions are the types of questions that a session answers. Each has the fields and
// the answer of a command.
var sessionQuestions = map[string]sessionQuestion{
	"context":     asks(anyStudy, newContextQuestion(), contextQuestion.ask),
	"top":         asks(begunStudy, newTopQuestion(), topQuestion.ask),
	"worst":       asks(begunStudy, newWorstQuestion(), worstQuestion.ask),
	"performance": asks(begunStudy, plain{}, plainly((*feedback.Loop).Performance)),
	"statistics":  asks(begunStudy, plain{}, plainly(askStatistics)),
	"studies":     asks(wholeDatabase, plain{}, plainly((*feedback.Loop).Studies)),
	"attribution": asks(begunStudy, plain{}, plainly((*feedback.Loop).Attribution)),
	"insights":    asks(begunStudy, plain{}, plainly((*feedback.Loop).Insights)),
	"items":       asks(wholeDatabase, itemsQuestion{}, itemsQuestion.ask),
	"item":        asks(begunStudy, itemQuestion{}, itemQuestion.ask),
	"trials":      asks(begunStudy, trialsQuestion{}, trialsQuestion.ask),
	"trial":       asks(oneBegunStudy, trialQuestion{}, trialQuestion.ask),
	"similar":     asks(wholeDatabase, newSimilarQuestion(), similarQuestion.ask),
	"report":      asks(begunStudy, plain{}, plainly((*feedback.Loop).Report)),
	"check":       asks(wholeDatabase, plain{}, plainly(askProblems)),
	"query":       asks(oneStudy, queryQuestion{}, queryQuestion.ask),
	"export":      asks(existingDatabase, exportPlaybook{}, exportPlaybook.ask),
	"add_item":    asks(newDatabase, addItem{}, addItem.ask),
}

// questionTypes lists the types of questions for a person.
func questionTypes() string { return strings.Join(slices.Sorted(maps.Keys(sessionQuestions)), ", ") }

// lineTypes lists the types of lines for a person.
func lineTypes() string { return strings.Join(event.Types, ", ") + ", " + questionTypes() }

// sessionQuestion reads a question of one type from its line. ask asks it.
type sessionQuestion func(text []byte) (ask func(context.Context, *session) (any, error), err error)

// questionLine are the members of a line with a question.
type questionLine[Q any] struct {
	Type string `json:"type"`
	about
	Fields Q `json:",embed"`
}

// about are the fields that say which studies a question is about.
type about struct {
	Study      *string `json:"study"`
	AllStudies bool    `json:"all_studies"`
}

// check returns an [*event.FieldError] for fields that are wrong or do not go together.
func (b about) check() error {
	switch {
	case b.Study != nil && *b.Study == "":
		return wrongField("study", "is empty: give the name of the study, or leave it out")
	case b.Study != nil && b.AllStudies:
		return wrongField("all_studies", "cannot be combined with study: give one of them")
	}
	return nil
}

// asks returns the type of question with these fields, with their defaults, and this answer.
func asks[Q interface{ check() error }, T any](
	open opening, defaults Q, answer func(Q, *feedback.Loop, context.Context) (T, error),
) sessionQuestion {
	return func(text []byte) (func(context.Context, *session) (any, error), error) {
		l := questionLine[Q]{Fields: defaults}
		if err := unmarshal(text, &l); err != nil {
			return nil, err
		}
		if err := l.check(); err != nil {
			return nil, err
		}
		if err := l.Fields.check(); err != nil {
			return nil, err
		}
		return func(ctx context.Context, s *session) (any, error) {
			loop, err := open(ctx, s, l.about)
			if err != nil {
				return nil, err
			}
			return answer(l.Fields, loop, ctx)
		}, nil
	}
}

// repeatable is a question that changes something, and does the same when it is asked
// again. It can carry a key, so that a client may give one to all that changes something.
type repeatable struct {
	Key *string `json:"key"`
}

// plain is a question without fields.
type plain struct{}

func (plain) check() error { return nil }

func plainly[T any](ask func(*feedback.Loop, context.Context) (T, error)) func(plain, *feedback.Loop, context.Context) (T, error) {
	return func(_ plain, loop *feedback.Loop, ctx context.Context) (T, error) { return ask(loop, ctx) }
}

// opening returns the loop to ask.
type opening func(context.Context, *session, about) (*feedback.Loop, error)

// wholeDatabase is for questions about no study more than about another.
func wholeDatabase(ctx context.Context, s *session, b about) (*feedback.Loop, error) {
	if b.AllStudies {
		return nil, notOfAll()
	}
	return s.database.ToAsk(ctx)
}

func notOfAll() error { return wrongField("all_studies", "is not a field of this type of question") }

// anyStudy is for questions about the study that the question names, about all studies, or,
// as in a command, about the session's study or the only one.
func anyStudy(ctx context.Context, s *session, b about) (*feedback.Loop, error) {
	loop, err := s.database.ToAsk(ctx)
	switch {
	case err != nil:
		return nil, err
	case b.AllStudies:
		return loop.AllStudies(), nil
	case b.Study != nil:
		return loop.Study(*b.Study), nil
	case s.app.target.studyGiven:
		return loop, nil
	}
	return loop.OnlyStudy(ctx)
}

// begunStudy is anyStudy, where a study that the question names must have begun. That of the
// session begins with its first event.
func begunStudy(ctx context.Context, s *session, b about) (*feedback.Loop, error) {
	loop, err := anyStudy(ctx, s, b)
	if err == nil && b.Study != nil {
		err = requireStudy(ctx, loop, "name one of them, or all_studies")
	}
	return loop, err
}

// oneStudy is anyStudy without all studies.
func oneStudy(ctx context.Context, s *session, b about) (*feedback.Loop, error) {
	if b.AllStudies {
		return nil, notOfAll()
	}
	return anyStudy(ctx, s, b)
}

// oneBegunStudy is begunStudy without all studies.
func oneBegunStudy(ctx context.Context, s *session, b about) (*feedback.Loop, error) {
	if b.AllStudies {
		return nil, notOfAll()
	}
	return begunStudy(ctx, s, b)
}

// existingDatabase is for a change that makes no database.
func existingDatabase(ctx context.Context, s *session, b about) (*feedback.Loop, error) {
	if b.AllStudies {
		return nil, notOfAll()
	}
	return s.database.ToRecord(ctx, feedback.Existing())
}

// newDatabase is for a change that may be the first.
func newDatabase(ctx context.Context, s *session, b about) (*feedback.Loop, error) {
	if b.AllStudies {
		return nil, notOfAll()
	}
	return s.database.ToRecord(ctx)
}

// readQuestion reads the question of a line that is no event.
func readQuestion(l line) (ask func(context.Context, *session) (any, error), err error) {
	var typed struct {
		Type *string `json:"type"`
	}
	err = json.Unmarshal(l.text, &typed)
	if _, syntax := errors.AsType[*jsontext.SyntacticError](err); syntax {
		return nil, event.Explain(l.text, err)
	}
	switch {
	case err != nil:
		return nil, l.err
	case typed.Type == nil:
		return nil, wrongField("type", "is missing: one of %s", lineTypes())
	}
	isEvent := slices.Contains(event.Types, *typed.Type)
	read, known := sessionQuestions[*typed.Type]
	switch {
	case isEvent && !known:
		return nil, l.err
	case !known:
		return nil, wrongField("type", "%q is not one of %s", *typed.Type, lineTypes())
	}
	if ask, err = read(l.text); err != nil && isEvent {
		return nil, l.err // a trial with more than the number is meant as an event
	}
	return ask, err
}

// nullIsMissing leaves a field alone whose value is null.
var nullIsMissing = json.WithUnmarshalers(json.UnmarshalFromFunc(func(d *jsontext.Decoder, _ any) error {
	if d.PeekKind() != 'n' {
		return errors.ErrUnsupported
	}
	_, err := d.ReadToken()
	return err
}))

// unmarshal reads a line into the fields of a question.
func unmarshal(text []byte, into any) error {
	err := json.Unmarshal(text, into, json.RejectUnknownMembers(true), nullIsMissing)
	if err == nil {
		return nil
	}
	wrong, ok := errors.AsType[*json.SemanticError](err)
	if !ok {
		return event.Explain(text, err)
	}
	field := event.FieldPath(wrong.JSONPointer)
	switch {
	case errors.Is(wrong, json.ErrUnknownName):
		return wrongField(field, "is not a field of this type of question")
	case len(wrong.JSONValue) > 0 && wrong.JSONKind == '0':
		return wrongField(field, "must be %s, not %s", kindOf(wrong.GoType), wrong.JSONValue)
	}
	return wrongField(field, "must be %s, not %s", kindOf(wrong.GoType), jsonerr.KindName(wrong.JSONKind))
}
