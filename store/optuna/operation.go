package optuna

import "github.com/go-json-experiment/json/jsontext"

// operation is one line of a journal. The journal does not store the ids of studies
// and trials when it creates them: they are numbered from 0.
type operation struct {
	Code  *int   `json:"op_code"`
	Study int64  `json:"study_id"`
	Trial *int64 `json:"trial_id"`

	StudyName  string `json:"study_name"`
	Directions []int  `json:"directions"`

	State         *int              `json:"state"`
	Value         *number           `json:"value"`
	Values        []number          `json:"values"`
	Started       *string           `json:"datetime_start"`
	Completed     *string           `json:"datetime_complete"`
	Params        map[string]number `json:"params"`
	Distributions map[string]string `json:"distributions"`
	UserAttrs     jsontext.Value    `json:"user_attrs"`
	SystemAttrs   jsontext.Value    `json:"system_attrs"`
	Intermediates map[string]number `json:"intermediate_values"`

	ParamName    string         `json:"param_name"`
	ParamValue   number         `json:"param_value_internal"`
	Distribution string         `json:"distribution"`
	Step         int64          `json:"step"`
	Intermediate number         `json:"intermediate_value"`
	UserAttr     jsontext.Value `json:"user_attr"`
	SystemAttr   jsontext.Value `json:"system_attr"`
}

// Codes of operations.
const (
	createStudy = iota
	deleteStudy
	setStudyUserAttribute
	setStudySystemAttribute
	createTrial
	setParam
	setState
	setIntermediate
	setUserAttribute
	setSystemAttribute
	discard
)

var directions = []Direction{NotSet, Minimize, Maximize}
