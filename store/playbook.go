package store

// Playbook is the playbook without its items.
type Playbook struct {
	Version       int64   `db:"version"`
	LastUpdatedAt *string `db:"last_updated_at"` // as playbook.json had it
	CreatedAt     *string `db:"created_at"`      // as playbook.json had it
	CreatedUS     int64   `db:"created_us"`      // the first change here, 0: none yet
	ChangedUS     int64   `db:"changed_us"`      // the latest change here, 0: none yet
	LastUseUS     int64   `db:"last_use_us"`     // the latest use of an item, 0: none yet
	Extra         *string `db:"extra"`           // a JSON object: unknown fields of playbook.json
}
