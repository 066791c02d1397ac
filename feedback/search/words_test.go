package search_test

import (
	"database/sql"
	"slices"
	"strings"
	"testing"

	_ "modernc.org/sqlite"
	"pgregory.net/rapid"

	"atomizer-db/feedback/search"
)

func TestWords(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "",
		" -- *!\u0301":                 "",
		"Élément, ELEMENTS; element's": "element element element s",
		"E\u0301le\u0301ment":          "element", // accents as characters of their own
		"converge converging converged convergence": "converg converg converg converg",
		"3.5 mm² is_not 1e-5":                       "3 5 mm² is not 1e 5",
		"Größe GRÖSSE Öl ØRE":                       "gross gross ol øre",
		"сталь СТАЛЬ 鋼材 σίδηρος ΣΊΔΗΡΟΣ":            "сталь сталь 鋼材 σιδηροσ σιδηροσ",
		// The examples of Porter's paper.
		"caresses ponies ties caress cats":                "caress poni ti caress cat",
		"feed plastered bled motoring sing":               "feed plaster bled motor sing",
		"conflated troubled sized hopping tanned":         "conflat troubl size hop tan",
		"relational conditional rational vietnamize":      "relat condit ration vietnam",
		"triplicate formative formalize electriciti":      "triplic form formal electr",
		"revival allowance inference airliner gyroscopic": "reviv allow infer airlin gyroscop",
		"probate rate cease controlling roll":             "probat rate ceas control roll",
	} {
		if got := search.Words(text); !slices.Equal(got, strings.Fields(want)) {
			t.Errorf("%q: %q, want %q", text, got, strings.Fields(want))
		}
	}
}

// TestWordsAreThoseOfFTS5 compares with SQLite's full-text search, which we used before.
func TestWordsAreThoseOfFTS5(t *testing.T) {
	db := fts5(t)
	for _, text := range []string{
		"Constraint violated: bar 7 stress -27.31 ksi exceeds 25 ksi in element 12 of load case 3",
		"Meshes finer than 2 mm do not converge; remeshing with quadratic tetrahedra (C3D10) did",
		"Reserve factor = yield / (1.5 × peak von Mises stress), taken over all load cases",
		"TPE struggles on ten_bar-truss: 50% of 2 trials succeeded",
		"Naïve Élément à côté; Ångström, São Paulo, Müller's Öl",
		"analogies, assemblies, happily ageing geology's possibly sensibilities as is was",
		"СТАЛЬ и Бетон, ΝΕΡΟ, 鋼材",
	} {
		want := fts5Words(t, db, text)
		if got := search.Words(text); !slices.Equal(got, want) {
			t.Errorf("%q:\n%q, want\n%q", text, got, want)
		}
	}
}

// fts5 opens a database with an empty full-text table.
func fts5(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1)
	execute(t, db, `create virtual table texts using fts5 (content, tokenize = 'porter unicode61')`)
	execute(t, db, `create virtual table words using fts5vocab (texts, instance)`)
	return db
}

func execute(t *testing.T, db *sql.DB, statement string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement, args...); err != nil {
		t.Fatal(err)
	}
}

func fts5Words(t *testing.T, db *sql.DB, text string) (words []string) {
	t.Helper()
	execute(t, db, `delete from texts`)
	execute(t, db, `insert into texts values (?)`, text)
	rows, err := db.QueryContext(t.Context(), `select term from words order by offset`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var word string
		if err := rows.Scan(&word); err != nil {
			t.Fatal(err)
		}
		words = append(words, word)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return words
}

func TestWordsOfAnyTextAreTheirOwnWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`([a-z]{1,6}(ed|ing|s|ational|iviti|y|'s)? ?){0,8}`)).Draw(t, "text")
		for _, word := range search.Words(text) {
			if len(search.Words("("+word+")")) != 1 {
				t.Fatalf("%q is a word of %q, but not one word itself", word, text)
			}
		}
		if upper, lower := search.Words(strings.ToUpper(text)), search.Words(strings.ToLower(strings.ToUpper(text))); !slices.Equal(upper, lower) {
			t.Fatalf("%q in upper case has %q, and in lower case %q", text, upper, lower)
		}
	})
}
