package postgres

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"

	"atomizer-db/store"
	"atomizer-db/store/postgres/tokens"
)

// question is SQL that a person typed, and the same as the server gets it: with $1 for the
// first parameter.
type question struct {
	typed      string
	code       []tokens.Token // of the statement
	sent       string
	parameters []tokens.Token // where each first occurs, in the order of their numbers
	pieces     []piece
}

// piece is a part of the SQL that is sent: a token of the typed SQL.
type piece struct {
	at    int
	typed tokens.Token
}

// newQuestion reads SQL. It returns a [store.SQLError] for what the server shall not get.
func newQuestion(sql string) (*question, error) {
	if at := strings.IndexByte(sql, 0); at >= 0 {
		return nil, store.WrongSQL(sql, at, "the character U+0000 cannot be part of SQL")
	}
	all := tokens.Of(sql)
	code := slices.DeleteFunc(tokens.Code(all), func(t tokens.Token) bool { return t.Kind == tokens.Semicolon })
	if len(code) == 0 {
		return nil, store.WrongSQL(sql, -1, "the query contains no SQL")
	}
	q := &question{typed: sql, code: code}
	ended := false
	for _, t := range all {
		switch {
		case t.Kind == tokens.Blank:
		case t.Kind == tokens.Semicolon:
			ended = t.Start > code[0].Start
		case ended:
			return nil, store.WrongSQL(sql, t.Start, "a second statement begins here: run one statement at a time")
		case t.Kind == tokens.Number:
			return nil, store.WrongSQL(sql, t.Start, "%s has no name: write a parameter as :name", q.text(t))
		case t.Kind == tokens.EscapedName:
			return nil, store.WrongSQL(sql, t.Start, `U&"..." is refused: write the name as it is`)
		}
	}
	q.translate(all)
	return q, nil
}

// text returns a token as it was typed.
func (q *question) text(t tokens.Token) string { return q.typed[t.Start:t.End] }

// translate writes what is sent. All occurrences of a parameter get the same number.
func (q *question) translate(all []tokens.Token) {
	var sent strings.Builder
	for _, t := range all {
		if t.Start < q.code[0].Start {
			continue // the server does not know a byte order mark
		}
		q.pieces = append(q.pieces, piece{sent.Len(), t})
		if t.Kind != tokens.Parameter {
			sent.WriteString(q.text(t))
			continue
		}
		number := slices.IndexFunc(q.parameters, func(p tokens.Token) bool { return p.Name == t.Name })
		if number < 0 {
			number = len(q.parameters)
			q.parameters = append(q.parameters, t)
		}
		fmt.Fprintf(&sent, " $%d", number+1) // directly behind a name, it would be part of that
	}
	q.sent = sent.String()
}

// offset returns the place in the typed SQL of a character of the SQL that was sent. The server
// counts from 1, and 0 is no place.
func (q *question) offset(character int) int {
	if character <= 0 {
		return -1
	}
	at := len(q.sent)
	for offset := range q.sent {
		if character--; character == 0 {
			at = offset
			break
		}
	}
	i := slices.IndexFunc(q.pieces, func(p piece) bool { return p.at > at })
	if i < 0 {
		i = len(q.pieces)
	}
	in := q.pieces[i-1]
	if in.typed.Kind == tokens.Parameter {
		return in.typed.Start
	}
	return in.typed.Start + at - in.at
}

// offsetOf returns where a word is for the first time, -1 if it is not there.
func (q *question) offsetOf(word string) int {
	for _, t := range q.code {
		if t.Kind == tokens.Name && t.Name == tokens.Lower(word) {
			return t.Start
		}
	}
	return -1
}

// values returns the values of the parameters for the server, which has said what types they
// have.
func (q *question) values(given, defaults map[string]any, types []uint32) (values [][]byte, err error) {
	unused := maps.Clone(given)
	for i, p := range q.parameters {
		value, found := given[p.Name]
		if !found {
			value, found = defaults[p.Name]
		}
		if !found {
			wrong := store.WrongSQL(q.typed, p.Start, "the parameter :%s has no value", p.Name)
			wrong.NoValue = p.Name
			return nil, wrong
		}
		delete(unused, p.Name)
		sent, err := sentValue(value, types[i])
		if err != nil {
			return nil, fmt.Errorf("the parameter :%s %w", p.Name, err)
		}
		values = append(values, sent)
	}
	for _, name := range slices.Sorted(maps.Keys(unused)) {
		return nil, store.WrongSQL(q.typed, -1, "the query has no parameter :%s", name)
	}
	return values, nil
}

// sentValue returns a value as text, from which the server makes one of its type; nil is null.
func sentValue(value any, of uint32) ([]byte, error) {
	switch v := value.(type) {
	case nil:
		return nil, nil
	case int64:
		return strconv.AppendInt(nil, v, 10), nil
	case float64:
		return strconv.AppendFloat(nil, v, 'f', -1, 64), nil
	case string:
		return []byte(v), nil
	case []byte:
		if of == pgtype.ByteaOID {
			return fmt.Appendf(nil, `\x%x`, v), nil
		}
		return append([]byte{}, v...), nil // empty, and not null
	}
	return nil, fmt.Errorf("has a value of type %T: give an int64, a float64, a string, bytes or nil", value)
}
