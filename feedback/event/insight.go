package event

import "github.com/go-json-experiment/json/jsontext"

var insightTexts = kind[[]InsightText]{
	what:  listOfObjects,
	read:  (*decoder).insightTexts,
	check: checkInsightTexts,
	write: func(w *encoder, list []InsightText) {
		w.token(jsontext.BeginArray)
		for _, i := range list {
			for _, token := range [...]jsontext.Token{
				jsontext.BeginObject, jsontext.String(categoryField), jsontext.String(i.Category),
				jsontext.String(contentField), jsontext.String(i.Content), jsontext.EndObject,
			} {
				w.token(token)
			}
		}
		w.token(jsontext.EndArray)
	},
}

// The members of an insight in a list.
const (
	categoryField = "category"
	contentField  = "content"
)

func checkInsightTexts(field string, list []InsightText) error {
	for i, insight := range list {
		if err := CheckCategory(element(field, i)+"."+categoryField, insight.Category); err != nil {
			return err
		}
		if err := CheckText(element(field, i)+"."+contentField, insight.Content); err != nil {
			return err
		}
	}
	return nil
}

// insightTexts reads a list of objects that have a category and a content.
func (d *decoder) insightTexts(field string) ([]InsightText, error) {
	if kind := d.PeekKind(); kind != '[' && beginsValue(kind) {
		return nil, expected(field, listOfObjects, kind)
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	list := []InsightText{}
	for d.PeekKind() != ']' {
		insight, err := d.insightText(element(field, len(list)))
		if err != nil {
			return nil, err
		}
		list = append(list, insight)
	}
	_, err := d.ReadToken()
	return list, err
}

func (d *decoder) insightText(field string) (insight InsightText, err error) {
	if kind := d.PeekKind(); kind != '{' && beginsValue(kind) {
		return insight, expected(field, anObject, kind)
	}
	if _, err := d.ReadToken(); err != nil {
		return insight, err
	}
	missing := map[string]*string{categoryField: &insight.Category, contentField: &insight.Content}
	for d.PeekKind() == '"' {
		name, err := d.name()
		if err != nil {
			return insight, err
		}
		member := string(name)
		place, known := missing[member]
		if !known {
			return insight, wrong(field+"."+member, "is not a field of an insight")
		}
		delete(missing, member)
		if *place, err = d.text(field + "." + member); err != nil {
			return insight, err
		}
	}
	for _, member := range []string{categoryField, contentField} {
		if missing[member] != nil {
			return insight, wrong(field+"."+member, "is missing")
		}
	}
	_, err = d.ReadToken()
	return insight, err
}
