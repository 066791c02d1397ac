package tokens_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"atomizer-db/store/postgres/tokens"
)

// TestOf shows each name as |name|, each text as 'text', each parameter as :name, each $1 as
// $ and each semicolon as ;
func TestOf(t *testing.T) {
	for sql, want := range map[string]string{
		`select Name from "Some ""view"""`:        `|select| |name| |from| |Some "view"|`,
		`'it''s' x`:                               `'it''s' |x|`,
		`'back\' x`:                               `'back\' |x|`,
		`e'quo\'te' E'\\' x`:                      `e'quo\'te' E'\\' |x|`,
		`E'it''s\'' x`:                            `E'it''s\'' |x|`,
		`note'a\' x`:                              `|note| 'a\' |x|`,
		`N'a\' B'01' x'ff' U&'\0041' y`:           `|n| 'a\' |b| '01' |x| 'ff' |u| & '\0041' |y|`,
		"E'a'\n  -- more\n  '\\' x' y":            "E'a'\n  -- more\n  '\\' x' |y|",
		"E'a'  '\\' x' y":                         `E'a' '\' |x| ' y`,
		"E'a' /* \n */ '\\' x":                    `E'a' '\' |x|`,
		"E'a'\n + x":                              `E'a' + |x|`,
		`U&"d\0061ta" x`:                          `U |x|`,
		`$$ ' $x$ $$ x`:                           `$$ ' $x$ $$ |x|`,
		`$tag$ $$ $other$ $ta$tag$ x`:             `$tag$ $$ $other$ $ta$tag$ |x|`,
		`$täg_1$ ; $täg_1$`:                       `$täg_1$ ; $täg_1$`,
		`a$b$ c$1 :d$`:                            `|a$b$| |c$1| :d $`,
		`$1 $23x $ $$`:                            `$1 $23 |x| $ $$`,
		`/* a /* b */ ' */ x /**/ y /*/ z */ u`:   `|x| |y| |u|`,
		"-- a ; ' \n x -- b\r y":                  `|x| |y|`,
		`1 --1`:                                   `1`,
		`a*/*b*/c +--`:                            `|a| * |c| +`,
		`:name x::int a[1:2] b[1:n] :été :_1 : x`: `:name |x| :: |int| |a| [ 1 : 2 ] |b| [ 1 :n ] :été :_1 : |x|`,
		`f(a := 1, b => :b) x:::y`:                `|f| ( |a| : = 1 , |b| = > :b ) |x| :: :y`,
		"\ufeff;select\f1;\v;":                    `; |select| 1 ; ;`,
		`ÀB "ÀB"`:                                 `|Àb| |ÀB|`,
		`'open`:                                   `'open`,
		`"open`:                                   `|open|`,
		`'a' "" ''`:                               `'a' || ''`,
	} {
		var got []string
		all := tokens.Of(sql)
		at := 0
		for _, token := range all {
			if token.Start != at || token.End <= at {
				t.Errorf("%q: a token from %d to %d follows what ends at %d", sql, token.Start, token.End, at)
			}
			at = token.End
			shown := sql[token.Start:token.End]
			switch token.Kind {
			case tokens.Blank:
				continue
			case tokens.Name:
				shown = "|" + token.Name + "|"
			case tokens.Parameter:
				shown = ":" + token.Name
			case tokens.EscapedName:
				shown = "U"
			case tokens.Text, tokens.Number, tokens.Semicolon, tokens.Other:
			}
			got = append(got, shown)
		}
		if at != len(sql) {
			t.Errorf("%q: the tokens end at %d", sql, at)
		}
		if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%q (-want +got):\n%s", sql, diff)
		}
	}
}

func TestAreComplete(t *testing.T) {
	for sql, want := range map[string]bool{
		"":                               true,
		" \n-- a comment\n/* one */":     true,
		";":                              true,
		"select 1":                       false,
		"select 1;":                      true,
		"select 1; -- a comment":         true,
		"select 1 -- a comment;":         false,
		"select 1 -- it's a comment;\n;": true,
		"select 1 /* a comment;":         false,
		"select 1; /* a comment":         false,
		"select 1 /* /* */ ;":            false,
		"select 1 /* /* */ */;":          true,
		"select ';":                      false,
		"select 'it''s';":                true,
		"select 'it''s;":                 false,
		"select '\\';":                   true,
		"select E'\\';":                  false,
		"select E'\\'';":                 true,
		"select \";\"":                   false,
		"select \"a;":                    false,
		"select a[1;":                    true, // an error, but not for the next line
		"select $$ ;":                    false,
		"select $$ ; $$;":                true,
		"select $a$ ; $$;":               false,
		"select $a$ ; $a$;":              true,
	} {
		if got := tokens.AreComplete(tokens.Of(sql)); got != want {
			t.Errorf("%q: %v", sql, got)
		}
	}
}
