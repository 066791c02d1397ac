package postgres_test

import (
	"errors"
	"strings"
	"testing"

	"atomizer-db/store"
	"atomizer-db/store/postgres/pgtest"
)

// TestAFullDisk fills the disk that the server keeps the tables on. A trial is recorded whole, or
// not at all and with one line that says why; there is space again, and recording goes on.
func TestAFullDisk(t *testing.T) {
	disk := pgtest.NewDisk(t, "32m")
	address := disk.Address(t)
	s := open(t, address)
	s.StopFolding()
	var acknowledged []int64
	trials := func(first int64) error {
		numbers := from(first, 100) // by COPY
		err := s.Update(t.Context(), func(w store.Writer) error { return record(w, numbers, "str-00001") })
		if err == nil {
			acknowledged = append(acknowledged, numbers...)
		}
		return err
	}
	if err := trials(0); err != nil {
		t.Fatal(err)
	}
	disk.Fill(t)
	var full error
	for n := int64(1); n < 1000 && full == nil; n++ { // the tables have some space left
		full = trials(n * 100)
	}
	if !errors.Is(full, store.ErrFull) || strings.Contains(full.Error(), "\n") || !strings.Contains(full.Error(), "the server's disk is full") {
		t.Errorf("on a full disk: %v", full)
	}
	disk.Free(t)
	if err := trials(1_000_000); err != nil {
		t.Errorf("when there is space: %v", err)
	}
	recordedOnce(t, address, set(acknowledged...))
}
