package python_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

func TestReadmeExample(t *testing.T) {
	readme, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := regexp.MustCompile("(?s)```python\n(.*?)```").FindAllSubmatch(readme, -1)
	if len(examples) == 0 {
		t.Fatal("README.md has no example in Python")
	}
	for _, python := range interpreters(t) {
		t.Run(python.version, func(t *testing.T) {
			for _, example := range examples {
				place := t.TempDir()
				file := filepath.Join(place, "example.py")
				if err := os.WriteFile(file, example[1], 0o666); err != nil {
					t.Fatal(err)
				}
				t.Log(run(t, place, python.path, "-W", "error", file))
			}
		})
	}
}
