// A driver for the conformance kit, around a small offset store. It needs no module but Go's own.
//
// Build it with "go build -o driver driver.go". The driver is the last third of this file.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

type queue struct {
	Topic      string `json:"topic"`
	BrokerName string `json:"brokerName"`
	QueueID    int32  `json:"queueId"`
}

type table map[queue]int64

var errCorrupt = errors.New("files are there, and none of them is usable")

// store holds offsets in memory and in a file, <root>/<client id>/<group>/offset.json.
type store struct {
	path            string
	memory, durable table
}

func open(root, clientID, group string) (*store, error) {
	s := &store{path: filepath.Join(root, clientID, group, "offset.json")}
	durable, err := s.load()
	if err != nil {
		return nil, err
	}
	s.durable, s.memory = durable, table{}
	for q, offset := range durable {
		s.memory[q] = offset
	}
	return s, nil
}

// load takes the first good file: main, then the backup, then a complete new one if main is missing.
func (s *store) load() (table, error) {
	isThere, mainIsThere := false, false
	for _, suffix := range []string{"", ".bak", ".tmp"} {
		if suffix == ".tmp" && mainIsThere {
			continue
		}
		found, err := readTable(s.path + suffix)
		switch {
		case err == nil:
			return found, nil
		case errors.Is(err, errCorrupt):
			isThere = true
			mainIsThere = mainIsThere || suffix == ""
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	if isThere {
		return nil, errCorrupt
	}
	return table{}, nil
}

func (s *store) update(q queue, offset int64, increaseOnly bool) {
	if held, ok := s.memory[q]; !ok || !increaseOnly || offset > held {
		s.memory[q] = offset
	}
}

func (s *store) read(q queue, kind string) (int64, error) {
	held, ok := s.memory[q]
	if kind == "memory" && !ok {
		return -1, nil
	}
	if kind == "memory" || kind == "memory-then-store" && ok && held >= 0 {
		return held, nil
	}
	stored, err := readTable(s.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	if offset, ok := stored[q]; ok {
		return offset, nil
	}
	return -1, nil
}

func (s *store) persist() error {
	next := table{}
	for _, each := range []table{s.durable, s.memory} {
		for q, offset := range each {
			next[q] = offset
		}
	}
	directory := filepath.Dir(s.path)
	if err := os.MkdirAll(directory, 0o755); err != nil {
		return err
	}
	// 1. The new table is durable under another name.
	if err := writeTable(s.path+".tmp", next); err != nil {
		return err
	}
	// 2. A good main file becomes the backup; a bad one is kept aside.
	if _, err := readTable(s.path); err == nil {
		// A crash may have left this name.
		if err := os.Remove(s.path + ".next"); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := os.Link(s.path, s.path+".next"); err != nil {
			return err
		}
		if err := os.Rename(s.path+".next", s.path+".bak"); err != nil {
			return err
		}
	} else if errors.Is(err, errCorrupt) {
		if err := os.Rename(s.path, s.path+".bad"); err != nil {
			return err
		}
	}
	// 3. The new table gets the name of the main file, and the name is made durable.
	if err := os.Rename(s.path+".tmp", s.path); err != nil {
		return err
	}
	s.durable = next
	return syncPath(directory)
}

func readTable(path string) (table, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var file struct {
		OffsetTable map[string]int64 `json:"offsetTable"`
	}
	if json.Unmarshal(text, &file) != nil || file.OffsetTable == nil {
		return nil, errCorrupt
	}
	found := table{}
	for key, offset := range file.OffsetTable {
		var q queue
		if json.Unmarshal([]byte(key), &q) != nil {
			return nil, errCorrupt
		}
		found[q] = offset
	}
	return found, nil
}

func writeTable(path string, entries table) error {
	keys := map[string]int64{}
	for q, offset := range entries {
		key, _ := json.Marshal(q)
		keys[string(key)] = offset
	}
	text, _ := json.Marshal(map[string]any{"offsetTable": keys})
	if err := os.WriteFile(path, text, 0o644); err != nil {
		return err
	}
	return syncPath(path)
}

func syncPath(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return file.Sync()
}

// The driver.

type request struct {
	Op, Root, ClientID, Group, Offset, Type, Topic string
	MQ                                             queue
	MQs                                            *[]queue
	IncreaseOnly                                   bool
}

type answer map[string]any

var current *store

func handle(r request) (answer, error) {
	switch r.Op {
	case "hello":
		return answer{"name": "go-example", "version": "1", "profile": "go", "format": "go"}, nil
	case "open":
		opened, err := open(r.Root, r.ClientID, r.Group)
		if err != nil {
			return nil, err
		}
		current = opened
		return answer{"path": opened.path}, nil
	case "update":
		offset, err := strconv.ParseInt(r.Offset, 10, 64)
		if err != nil {
			return nil, err
		}
		current.update(r.MQ, offset, r.IncreaseOnly)
	case "read":
		offset, err := current.read(r.MQ, r.Type)
		return answer{"offset": strconv.FormatInt(offset, 10)}, err
	case "persist":
		if r.MQs != nil && len(*r.MQs) == 0 {
			return answer{}, nil
		}
		return answer{}, current.persist()
	case "remove":
		delete(current.memory, r.MQ)
	case "close":
		return answer{}, current.persist()
	default:
		return answer{"ok": false, "error": "unsupported"}, nil
	}
	return answer{}, nil
}

// kindOf names an error as the protocol does.
func kindOf(r request, err error) string {
	var number *strconv.NumError
	switch {
	case errors.Is(err, errCorrupt):
		return "corrupt"
	case errors.As(err, &number):
		return "invalid"
	case r.Op == "persist":
		return "persist"
	default:
		return "load"
	}
}

func main() {
	lines := bufio.NewReader(os.Stdin)
	answers := json.NewEncoder(os.Stdout) // It does not buffer: each answer is written at once.
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var r request
		if err := json.Unmarshal(line, &r); err != nil {
			answers.Encode(answer{"ok": false, "error": "invalid", "message": err.Error()})
			continue
		}
		result, err := handle(r)
		if err != nil {
			result = answer{"ok": false, "error": kindOf(r, err), "message": err.Error()}
		} else if result["ok"] == nil {
			result["ok"] = true
		}
		answers.Encode(result)
	}
}
