package store

// Example is a question that people ask, and its SQL on the views. :study is the
// study that the command is about.
type Example struct{ Question, SQL string }
