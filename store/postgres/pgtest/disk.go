package pgtest

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// Disk is a small file system in memory, which a test can fill.
type Disk struct{ folder string }

// NewDisk mounts a disk of the given size, such as 64m. A cluster needs about 64m, a database
// 8m. Only root can mount: as another user, the test is skipped.
func NewDisk(tb testing.TB, size string) *Disk {
	tb.Helper()
	if _, err := Find(); err != nil {
		missing(tb, err)
	}
	folder, err := newFolder()
	check(tb, err)
	if output, err := exec.Command("mount", "-t", "tmpfs", "-o", "mode=0755,size="+size, "tmpfs", folder).CombinedOutput(); err != nil {
		check(tb, os.Remove(folder))
		tb.Skipf("no file system can be mounted here: %s", output)
	}
	// Lazily: a cluster that was killed may still have open files.
	keeper, err := keep(func(shell *exec.Cmd) error { apart(shell); return nil }, `umount -l "$1" && rmdir "$1"`, folder)
	check(tb, err)
	tb.Cleanup(func() {
		if err := keeper.release(); err != nil {
			tb.Error(err)
		}
	})
	check(tb, give(folder))
	return &Disk{folder}
}

// Address returns the address of an empty database whose tables lie on the disk. It is
// dropped when the test ends.
func (d *Disk) Address(tb testing.TB) string {
	tb.Helper()
	c, err := shared()
	check(tb, err)
	name := filepath.Base(d.folder)
	check(tb, c.execute(tb.Context(), `create tablespace "`+name+`" owner `+owner.name+` location '`+d.folder+`'`))
	tb.Cleanup(func() {
		if err := c.execute(context.Background(), `drop tablespace "`+name+`"`); err != nil {
			tb.Error(err)
		}
	})
	return temporary(tb, "template0", `"`+name+`"`)
}

// Fill takes all the space that is left.
func (d *Disk) Fill(tb testing.TB) {
	tb.Helper()
	file, err := os.Create(d.filler())
	check(tb, err)
	for err == nil {
		_, err = file.Write(make([]byte, 4096))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		tb.Fatal(err)
	}
	check(tb, file.Close())
}

// Free gives back what Fill has taken.
func (d *Disk) Free(tb testing.TB) {
	tb.Helper()
	check(tb, os.Remove(d.filler()))
}

func (d *Disk) filler() string { return filepath.Join(d.folder, "filler") }
