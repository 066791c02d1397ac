package feedback_test

import (
	"os"
	"testing"

	"atomizer-db/testdata/soak"
)

func TestMain(m *testing.M) {
	soak.Checks(25)
	os.Exit(m.Run())
}
