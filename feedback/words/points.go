package words

import "fmt"

// Points returns a difference of shares in percentage points, with its sign and one decimal.
func Points(difference float64) string {
	text := fmt.Sprintf("%+.1f", difference*100)
	if text == "-0.0" || text == "+0.0" {
		return "0.0"
	}
	return text
}
