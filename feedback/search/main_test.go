package search_test

import (
	"os"
	"testing"

	"atomizer-db/testdata/soak"
)

func TestMain(m *testing.M) {
	soak.Checks(100)
	os.Exit(m.Run())
}
