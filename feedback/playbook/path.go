package playbook

import (
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/jsonerr"
	"atomizer-db/feedback/words"
)

var plainName = words.Pattern(`^[A-Za-z_][A-Za-z0-9_]*$`)

// memberPath returns the path of a member of the object at path, such as
// items["str-00001"].tags.
func memberPath(path, name string) string {
	switch {
	case path == "items" || !plainName().MatchString(name):
		return path + "[" + strconv.Quote(name) + "]"
	case path == "":
		return name
	}
	return path + "." + name
}

// pathOf returns a JSON pointer as a path such as items["str-00001"].tags.
func pathOf(pointer jsontext.Pointer) string {
	return extendPath("", pointer)
}

// extendPath appends the steps of a pointer to path, at most [jsonerr.LongestPath] of
// them.
func extendPath(path string, pointer jsontext.Pointer) string {
	steps := 0
	for token := range pointer.Tokens() {
		if steps++; steps > jsonerr.LongestPath {
			return path + "…"
		}
		if _, err := strconv.Atoi(token); err == nil && path != "items" && path != "" {
			path += "[" + token + "]"
			continue
		}
		path = memberPath(path, token)
	}
	return path
}
