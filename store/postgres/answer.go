package postgres

import (
	"math"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// formats are how the server shall send the columns: bytes as they are, all else as text.
func formats(columns []pgconn.FieldDescription) []int16 {
	formats := make([]int16, len(columns))
	for i, c := range columns {
		if c.DataTypeOID == pgtype.ByteaOID {
			formats[i] = pgtype.BinaryFormatCode
		}
	}
	return formats
}

// valueOf returns a value that the server sent, as an answer has it. As in SQLite, a flag is 1
// or 0. What has no other form is text.
func valueOf(sent []byte, of uint32) any {
	if sent == nil {
		return nil
	}
	switch of {
	case pgtype.ByteaOID:
		return sent
	case pgtype.BoolOID:
		if string(sent) == "t" {
			return int64(1)
		}
		return int64(0)
	case pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID, pgtype.OIDOID:
		return wholeNumber(string(sent))
	case pgtype.NumericOID:
		// A sum of whole numbers is one too.
		if text := string(sent); !strings.Contains(text, ".") {
			return wholeNumber(text)
		}
		return realNumber(string(sent))
	case pgtype.Float4OID, pgtype.Float8OID:
		return realNumber(string(sent))
	case pgtype.TimestamptzOID:
		return strings.Replace(string(sent), "+00", "", 1) // the zone: all times are UTC
	}
	return string(sent)
}

// wholeNumber returns a number, or its text if it is too large or no number.
func wholeNumber(text string) any {
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return text
	}
	return number
}

// realNumber returns a number, or its text if it is too large or no number.
func realNumber(text string) any {
	number, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(number) {
		return text
	}
	return number
}
