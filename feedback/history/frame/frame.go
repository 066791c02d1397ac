// Package frame keeps what a text file of another tool holds besides its items: front
// matter, headings and text, each in its place.
package frame

import (
	"slices"
	"strings"
)

// Frame is the text of a file around its items.
type Frame struct {
	Text     string    `json:"text,omitzero"` // before the first heading and item
	Sections []Section `json:"sections"`      // in the order of the file; names may repeat
	Open     bool      `json:"open,omitzero"` // the last line does not end in a line break
}

// Section is a heading and what follows it.
type Section struct {
	Name string `json:"name"`
	Text string `json:"text"` // the heading itself, and the text before the first item
}

// Place is where an item stands in a file.
type Place struct {
	Section int    `json:"section"`        // the index of its section, -1 before the first
	After   string `json:"after,omitzero"` // the text between the item and the next item or heading
}

// Placed is an item of the file: its place, and its lines, each with a line break. An
// item without lines is left out.
type Placed struct {
	Place
	Lines string
}

// New is an item that the file does not have, for the first section with the name.
type New struct{ Section, Lines string }

// Write returns the file with these items, those of the file in its order. New items come
// last in their sections. A section that is missing comes after all others.
func (f Frame) Write(items []Placed, added []New) string {
	w := writer{added: slices.Clone(added)}
	w.section("", f.Text, f.of(items, -1))
	for i, s := range f.Sections {
		w.section(s.Name, s.Text, f.of(items, i))
	}
	open := f.Open && len(w.added) == 0
	for len(w.added) > 0 {
		name := w.added[0].Section
		heading := "## " + OneLine(name) + "\n"
		if w.Len() > 0 && !strings.HasSuffix(w.String(), "\n\n") {
			heading = "\n" + heading
		}
		w.section(name, heading, nil)
	}
	text := w.String()
	if open {
		text = strings.TrimSuffix(text, "\n")
	}
	return text
}

// of returns the items of a section.
func (f Frame) of(items []Placed, section int) (found []Placed) {
	for _, item := range items {
		at := item.Section
		if at < 0 || at >= len(f.Sections) {
			at = -1
		}
		if at == section {
			found = append(found, item)
		}
	}
	return found
}

type writer struct {
	strings.Builder
	added []New // those that were not written yet
}

// section writes a section with its items, and the new ones for it.
func (w *writer) section(name, text string, items []Placed) {
	if len(items) == 0 {
		heading := strings.TrimRight(text, "\n")
		if heading != "" && heading != text {
			heading += "\n"
		}
		w.WriteString(heading)
		w.addedTo(name)
		w.WriteString(text[len(heading):])
		return
	}
	w.WriteString(text)
	for i, item := range items {
		w.WriteString(item.Lines)
		if i == len(items)-1 {
			w.addedTo(name)
		}
		w.WriteString(item.After)
	}
}

func (w *writer) addedTo(name string) {
	w.added = slices.DeleteFunc(w.added, func(item New) bool {
		if item.Section != name {
			return false
		}
		w.WriteString(item.Lines)
		return true
	})
}

// OneLine removes line breaks from a name.
func OneLine(name string) string { return strings.Join(strings.Fields(name), " ") }

// Reader makes a frame from the lines of a file.
type Reader struct {
	Frame
	after *string // the text after the last item of the current section, nil if it has none
}

// Heading begins a section.
func (r *Reader) Heading(name, line string) {
	r.Sections = append(r.Sections, Section{Name: name, Text: line + "\n"})
	r.after = nil
}

// Line adds a line of text.
func (r *Reader) Line(line string) {
	switch {
	case r.after != nil:
		*r.after += line + "\n"
	case len(r.Sections) > 0:
		r.Sections[len(r.Sections)-1].Text += line + "\n"
	default:
		r.Text += line + "\n"
	}
}

// Item returns the place of the item that comes next. Lines that follow are the text
// after it.
func (r *Reader) Item() *Place {
	place := &Place{Section: len(r.Sections) - 1}
	r.after = &place.After
	return place
}

// Name returns the name of the current section, "" before the first.
func (r *Reader) Name() string {
	if len(r.Sections) == 0 {
		return ""
	}
	return r.Sections[len(r.Sections)-1].Name
}

// SplitLines returns the lines of a file, and whether the last one lacks a line break.
func SplitLines(text string) (lines []string, open bool) {
	text = strings.ReplaceAll(strings.TrimPrefix(text, bom), "\r\n", "\n")
	if text == "" {
		return nil, false
	}
	open = !strings.HasSuffix(text, "\n")
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n"), open
}
