// Package report draws up what reports and pages show of a database: statistics,
// how items have done and what each does to success, the course of a study.
//
// Its functions ask one read transaction. Where they take the number of a study,
// nil stands for all studies, and the answers for a number that no study has are empty.
package report
