package sqlite

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"atomizer-db/store/regular"
)

// CopyFiles copies a database and its journals, byte for byte, into a folder in
// which SQLite can create the files that it needs for reading. It returns the path of
// the copy. No process may write to the database in the meantime.
func CopyFiles(folder, path string) (string, error) {
	target := filepath.Join(folder, filepath.Base(path))
	for _, suffix := range []string{"", "-wal", "-journal"} {
		err := copyFile(target+suffix, path+suffix)
		if err != nil && (suffix == "" || !errors.Is(err, fs.ErrNotExist)) {
			return "", err
		}
	}
	return target, nil
}

func copyFile(to, from string) (err error) {
	in, err := regular.Open(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	_, err = io.Copy(out, in)
	return err
}
