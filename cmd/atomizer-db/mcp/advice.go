package mcp

import (
	"context"
	"fmt"

	"atomizer-db/feedback"
	"atomizer-db/feedback/playbook"
)

type adviceArguments struct {
	Study    string            `json:"study"`
	Category playbook.Category `json:"category"`
	Content  string            `json:"content"`
}

// adviceAnswer is an item, and whether it is new.
type adviceAnswer struct {
	Study string        `json:"study"`
	Item  feedback.Item `json:"item"`
	Added bool          `json:"added"`
}

func addItem(ctx context.Context, s *server, a adviceArguments) (answer, error) {
	if err := feedback.CheckItem(a.Category, a.Content); err != nil {
		return answer{}, err
	}
	loop, err := s.toRecord(ctx, a.Study)
	if err != nil {
		return answer{}, err
	}
	if a.Study != "" {
		if err := begun(ctx, loop); err != nil {
			return answer{}, err
		}
	}
	item, added, err := loop.AddItem(ctx, a.Category, a.Content)
	if err != nil {
		return answer{}, err
	}
	study := loop.StudyName()
	return answer{0, func(p part) told {
		text := fmt.Sprintf("Study %s. Item %s is added to the playbook of all studies.\n", p.quoted(study), p.quoted(item.ID))
		if !added {
			text = fmt.Sprintf("Study %s. Item %s already has this content.\n", p.quoted(study), p.quoted(item.ID))
		}
		return told{adviceAnswer{p.cut(study), p.item(item), added}, text}
	}}, nil
}
