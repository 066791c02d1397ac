// Package report computes what reports and pages show about a database: statistics, the
// performance of items and their effect on success, and the course of a study.
//
// Its functions read in one transaction. If they take the number of a study, nil means
// all studies, and the result for a number that no study has is empty.
package report
