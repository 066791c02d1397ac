package store

// Study is one optimization campaign, with its statistics since the last reset.
type Study struct {
	ID        int64  `db:"study_id"`
	Name      string `db:"name"`
	Direction string `db:"direction"`
	Given     bool   `db:"direction_given"` // somebody gave the direction
	CreatedUS int64  `db:"created_us"`
	Trials    int64  `db:"trials"`
	Successes int64  `db:"successes"`
	Pending   int64  `db:"pending"`
}
