package report

import (
	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// ErrorClass sums up the errors of one class and kind.
type ErrorClass struct {
	Class    string `json:"class"`
	Kind     string `json:"kind"` // solver, constraint or reported
	Messages int64  `json:"messages"`
	Events   int64  `json:"events"` // trials and error reports that had them
	First    string `json:"first"`  // time
	Last     string `json:"last"`
}

// ErrorClasses sums up the errors of a study, or of all studies if it is nil, since the
// last reset, the most frequent first. Its time grows with the number of errors.
func ErrorClasses(rx store.Reader, study *int64) ([]ErrorClass, error) {
	rows, err := rx.ErrorClasses(study)
	classes := make([]ErrorClass, 0, len(rows))
	for _, c := range rows {
		classes = append(classes, ErrorClass{
			Class: c.Class, Kind: string(c.Kind), Messages: c.Messages, Events: c.Events,
			First: playbook.FormatMicros(c.FirstUS), Last: playbook.FormatMicros(c.LastUS),
		})
	}
	return classes, err
}
