package history

import (
	"fmt"

	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// NextID returns an id that no item has ever had.
func NextID(tx store.Writer, category playbook.Category) (string, error) {
	number, ok, err := tx.NextNumber(string(category))
	if err == nil && !ok {
		err = store.Fail(ErrConflict, "the playbook has an item with the highest possible number of an id of %q: "+
			"give it another id in playbook.json and import the file", category)
	}
	return fmt.Sprintf("%s-%05d", category, number), err
}

// RaiseNumber stores that the number of an id has been used.
func RaiseNumber(tx store.Writer, id string) error {
	prefix, number, ok, err := playbook.Number(id)
	if err != nil || !ok {
		return err
	}
	return tx.RaiseNumber(prefix, number)
}
