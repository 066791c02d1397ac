// Package report draws up what reports and pages show of a database: statistics,
// how items have done and what each does to success, the course of a study.
//
// Its functions ask one read transaction. Where they take the number of a study,
// nil stands for all studies, and a number that no study has gives empty answers.
package report
