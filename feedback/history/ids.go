package history

import (
	"fmt"

	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// NextID gives out an id that was never given out before.
func NextID(tx *store.Tx, category playbook.Category) (string, error) {
	number, ok, err := tx.NextNumber(string(category))
	if err == nil && !ok {
		err = store.Fail(ErrConflict, "the playbook has an item with the highest number that ids of %q can have: "+
			"give it another id in playbook.json and import it", category)
	}
	return fmt.Sprintf("%s-%05d", category, number), err
}

// RaiseNumber notes that the number of an id has been given out.
func RaiseNumber(tx *store.Tx, id string) error {
	prefix, number, ok, err := playbook.Number(id)
	if err != nil || !ok {
		return err
	}
	return tx.RaiseNumber(prefix, number)
}
