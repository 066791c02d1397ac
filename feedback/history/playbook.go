package history

import (
	"github.com/go-json-experiment/json"

	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// Playbook returns the playbook as playbook.json holds it.
func Playbook(rx store.Reader) (playbook.File, error) { return assemble(rx, false) }

// assemble reads the playbook as a file. If all is true, it includes retired items as
// archived ones.
func assemble(rx store.Reader, all bool) (file playbook.File, err error) {
	book, err := rx.Playbook()
	if err != nil {
		return file, err
	}
	file.Version, file.LastUpdated = book.Version, playbook.LastUpdated(book.ChangedUS, book.LastUseUS, book.LastUpdatedAt)
	file.CreatedAt = playbook.CreatedAt(book.CreatedAt, book.CreatedUS, file.LastUpdated)
	if file.Extra, err = parseExtra(book.Extra); err != nil {
		return file, store.Inconsistent("the other fields of the playbook: %v", err)
	}
	items, err := rx.Items(all)
	if err != nil {
		return file, err
	}
	sources, err := rx.AllSourceTrials()
	if err != nil {
		return file, err
	}
	for _, item := range items {
		entry, err := ToPlaybook(item, sources[item.No])
		if err != nil {
			return file, err
		}
		entry.Archived = item.Retirement != nil
		file.Items = append(file.Items, entry)
	}
	return file, nil
}

// ToPlaybook returns an item as playbook.json holds it. sources are the numbers of the
// trials that it was learned from.
func ToPlaybook(item store.Item, sources []int64) (entry playbook.Item, err error) {
	entry = playbook.Item{
		ID: item.ID, Category: playbook.Category(item.Category), Content: item.Content, Helpful: item.Helpful, Harmful: item.Harmful,
		CreatedAt: item.CreatedAt, LastUsed: lastUsed(item), SourceTrials: sources,
	}
	if err := json.Unmarshal([]byte(item.Tags), &entry.Tags); err != nil {
		return entry, store.Inconsistent("the tags of item %q: %v", item.ID, err)
	}
	if entry.Extra, err = parseExtra(item.Extra); err != nil {
		return entry, store.Inconsistent("the other fields of item %q: %v", item.ID, err)
	}
	return entry, nil
}

func lastUsed(item store.Item) *string {
	if item.LastUsedUS == nil {
		return item.LastUsedAt
	}
	return new(playbook.FormatMicros(*item.LastUsedUS))
}

func parseExtra(extra *string) ([]playbook.Member, error) {
	if extra == nil {
		return nil, nil
	}
	return playbook.ParseMembers(*extra)
}

func toStore(item playbook.Item) (store.Item, error) {
	extra, err := marshalExtra(item.Extra)
	if err != nil {
		return store.Item{}, err
	}
	tags, err := json.Marshal(append([]string{}, item.Tags...))
	return store.Item{
		ID: item.ID, Category: string(item.Category), Content: item.Content,
		Fingerprint: playbook.Fingerprint(item.Category, item.Content),
		CreatedAt:   item.CreatedAt, LastUsedAt: item.LastUsed, Tags: string(tags), Extra: extra,
	}, err
}

func marshalExtra(members []playbook.Member) (*string, error) {
	if len(members) == 0 {
		return nil, nil
	}
	text, err := playbook.MarshalMembers(members)
	return &text, err
}
