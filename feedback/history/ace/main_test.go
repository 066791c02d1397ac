package ace_test

import (
	"os"
	"testing"

	"atomizer-db/testdata/soak"
)

func TestMain(m *testing.M) {
	soak.Checks(200)
	os.Exit(m.Run())
}
