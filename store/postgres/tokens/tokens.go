// Package tokens divides SQL into tokens by the lexical rules of PostgreSQL, as far as questions
// need them.
package tokens

import (
	"strings"
	"unicode/utf8"
)

// Kind is what a token is.
type Kind int

// The kinds of tokens.
const (
	Blank       Kind = iota // white space or a comment
	Text                    // in quotes
	Name                    // also a word
	EscapedName             // U&"..."
	Parameter               // :name
	Number                  // $1
	Semicolon
	Other
)

// Token is a part of SQL.
type Token struct {
	Kind       Kind
	Start, End int
	Name       string // of a name, as the server reads it, or of a parameter
	open       bool   // its end is missing
}

// Of divides SQL into tokens, as a server does with standard_conforming_strings on. Together
// they are all of the SQL.
func Of(sql string) (tokens []Token) {
	s := scanner{sql: sql}
	for s.at < len(sql) {
		t := Token{Start: s.at}
		s.read(&t)
		t.End = s.at
		tokens = append(tokens, t)
	}
	return tokens
}

// Code returns the tokens that are neither white space nor comments.
func Code(tokens []Token) (code []Token) {
	for _, t := range tokens {
		if t.Kind != Blank {
			code = append(code, t)
		}
	}
	return code
}

// AreComplete reports whether SQL ends with a semicolon, or contains no code.
func AreComplete(tokens []Token) bool {
	if len(tokens) > 0 && tokens[len(tokens)-1].open {
		return false
	}
	code := Code(tokens)
	return len(code) == 0 || code[len(code)-1].Kind == Semicolon
}

type scanner struct {
	sql string
	at  int
}

// read reads the token that begins here.
func (s *scanner) read(t *Token) {
	switch c := s.sql[s.at]; {
	case isSpace(c):
		s.at++
	case s.skip("\ufeff"):
	case s.skip("--"):
		s.skipLine()
	case s.skip("/*"):
		t.open = !s.skipComment()
	case s.skip("'"):
		t.Kind, t.open = Text, !s.skipText("'")
	case s.skip(`"`):
		t.Kind, t.open = Name, !s.skipText(`"`)
		t.Name = strings.ReplaceAll(strings.TrimSuffix(s.sql[t.Start+1:s.at], `"`), `""`, `"`)
	case c == '$':
		t.Kind, t.open = s.readDollar()
	case s.skip("::"):
		t.Kind = Other
	case c == ':' && s.at+1 < len(s.sql) && beginsName(s.sql[s.at+1]):
		s.at++
		t.Kind, t.Name = Parameter, s.skipName("")
	case beginsName(c):
		s.readName(t)
	case c == ';':
		t.Kind = Semicolon
		s.at++
	default:
		t.Kind = Other
		s.at++
	}
}

// readName reads a name that is not in quotes, or the quotes that belong to it.
func (s *scanner) readName(t *Token) {
	t.Kind, t.Name = Name, Lower(s.skipName("$"))
	switch {
	case t.Name == "e" && s.skip("'"):
		t.Kind, t.open, t.Name = Text, !s.skipEscaped(), ""
	case t.Name == "u" && s.skip(`&"`):
		t.Kind, t.open, t.Name = EscapedName, !s.skipText(`"`), ""
	}
}

// readDollar reads $1, text in dollar quotes, or only the dollar.
func (s *scanner) readDollar() (_ Kind, open bool) {
	s.at++
	if begin := s.at; begin < len(s.sql) {
		for s.at < len(s.sql) && isDigit(s.sql[s.at]) {
			s.at++
		}
		if s.at > begin {
			return Number, false
		}
		if beginsName(s.sql[s.at]) {
			s.skipName("")
		}
		if s.skip("$") {
			quote := s.sql[begin-1 : s.at]
			return Text, !s.skipTo(quote)
		}
		s.at = begin
	}
	return Other, false
}

// skip skips a text if it is here.
func (s *scanner) skip(text string) bool {
	here := strings.HasPrefix(s.sql[s.at:], text)
	if here {
		s.at += len(text)
	}
	return here
}

// skipTo skips everything up to a text, and the text.
func (s *scanner) skipTo(text string) bool {
	length := strings.Index(s.sql[s.at:], text)
	if length < 0 {
		s.at = len(s.sql)
		return false
	}
	s.at += length + len(text)
	return true
}

func (s *scanner) skipLine() {
	if length := strings.IndexAny(s.sql[s.at:], "\r\n"); length >= 0 {
		s.at += length
	} else {
		s.at = len(s.sql)
	}
}

// skipComment skips the rest of a comment, which may contain others.
func (s *scanner) skipComment() bool {
	for depth := 1; s.at < len(s.sql); {
		switch {
		case s.skip("/*"):
			depth++
		case s.skip("*/"):
			if depth--; depth == 0 {
				return true
			}
		default:
			s.at++
		}
	}
	return false
}

// skipText skips the rest of a text, in which a quote is doubled.
func (s *scanner) skipText(quote string) bool {
	for s.skipTo(quote) {
		if !s.skip(quote) {
			return true
		}
	}
	return false
}

// skipEscaped skips the rest of a text with backslashes. It goes on after its quote if only
// white space with a line break is between that and another quote.
func (s *scanner) skipEscaped() bool {
	for s.at < len(s.sql) {
		switch {
		case s.skip(`\`):
			s.at = min(s.at+1, len(s.sql))
		case s.skip("''"):
		case s.skip("'"):
			if !s.continues() {
				return true
			}
		default:
			s.at++
		}
	}
	return false
}

// continues skips what is between two parts of a text, if there is another part.
func (s *scanner) continues() bool {
	end, broken := s.at, false
	for s.at < len(s.sql) {
		switch c := s.sql[s.at]; {
		case isSpace(c):
			broken = broken || c == '\n' || c == '\r'
			s.at++
		case s.skip("--"):
			s.skipLine()
		case broken && s.skip("'"):
			return true
		default:
			s.at = end
			return false
		}
	}
	s.at = end
	return false
}

// skipName skips a name and returns it. Besides letters, digits and _ it may contain more.
func (s *scanner) skipName(more string) string {
	begin := s.at
	for s.at < len(s.sql) && (beginsName(s.sql[s.at]) || isDigit(s.sql[s.at]) || strings.IndexByte(more, s.sql[s.at]) >= 0) {
		s.at++
	}
	return s.sql[begin:s.at]
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func beginsName(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= utf8.RuneSelf
}

// Lower returns a name as the server reads it without quotes: only letters of ASCII change.
func Lower(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r - 'A' + 'a'
		}
		return r
	}, name)
}
