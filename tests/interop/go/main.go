// A driver of the conformance kit around the local offset store of rocketmq-client-go, as its
// consumer uses it. See README.md beside it.
package main

import (
	"bufio"
	"encoding/json"
	"os"
	"strconv"

	"github.com/apache/rocketmq-client-go/v2/primitive"
)

type queue struct {
	Topic      string `json:"topic"`
	BrokerName string `json:"brokerName"`
	QueueId    int    `json:"queueId"`
}

type request struct {
	Op           string   `json:"op"`
	Root         string   `json:"root"`
	ClientId     string   `json:"clientId"`
	Group        string   `json:"group"`
	Mq           *queue   `json:"mq"`
	Offset       string   `json:"offset"`
	IncreaseOnly bool     `json:"increaseOnly"`
	Type         string   `json:"type"`
	Mqs          *[]queue `json:"mqs"`
	Topic        string   `json:"topic"`
}

type answer map[string]interface{}

func ok() answer { return answer{"ok": true} }

func fault(kind, message string) answer {
	return answer{"ok": false, "error": kind, "message": message}
}

func (q queue) native() *primitive.MessageQueue {
	return &primitive.MessageQueue{Topic: q.Topic, BrokerName: q.BrokerName, QueueId: q.QueueId}
}

// The queues that a consumer would have process queues for: it persists these.
type driver struct {
	store *offsetStore
	known map[queue]bool
}

func (d *driver) know(q *queue) *primitive.MessageQueue {
	d.known[*q] = true
	return q.native()
}

func (d *driver) all() []*primitive.MessageQueue {
	var mqs []*primitive.MessageQueue
	for q := range d.known {
		mqs = append(mqs, q.native())
	}
	return mqs
}

func (d *driver) answer(r request) answer {
	if r.Op == "hello" {
		return answer{"ok": true, "name": "rocketmq-client-go", "version": version, "profile": "go", "format": "go"}
	}
	if r.Op == "open" {
		// The consumer passes the group as the client id, and the client id as the group.
		d.store = openStore(r.Root, r.Group, r.ClientId)
		d.known = map[queue]bool{}
		return answer{"ok": true, "path": d.store.path()}
	}
	if d.store == nil {
		return fault("invalid", "no store is open")
	}
	switch r.Op {
	case "update":
		offset, err := strconv.ParseInt(r.Offset, 10, 64)
		if err != nil {
			return fault("invalid", err.Error())
		}
		d.store.update(d.know(r.Mq), offset, r.IncreaseOnly)
		return ok()
	case "read":
		types := map[string]int{"memory": 0, "store": 1, "memory-then-store": 2}
		kind, known := types[r.Type]
		if !known {
			return fault("invalid", "unknown type of read "+r.Type)
		}
		offset, err := d.store.read(d.know(r.Mq), kind)
		if err != nil {
			return fault("other", err.Error())
		}
		return answer{"ok": true, "offset": strconv.FormatInt(offset, 10)}
	case "persist":
		mqs := d.all()
		if r.Mqs != nil {
			mqs = nil
			for _, q := range *r.Mqs {
				mqs = append(mqs, q.native())
			}
		}
		d.store.persist(mqs)
		return ok()
	case "remove":
		// As the consumer does for a queue that is not its own any more.
		d.store.remove(r.Mq.native())
		return ok()
	case "offsets":
		table, supported := d.store.offsets(r.Topic)
		if !supported {
			return fault("unsupported", "the client does not list its offsets")
		}
		entries := []answer{}
		for mq, offset := range table {
			q := queue{mq.Topic, mq.BrokerName, mq.QueueId}
			entries = append(entries, answer{"mq": q, "offset": strconv.FormatInt(offset, 10)})
		}
		return answer{"ok": true, "offsets": entries}
	case "close":
		d.store.persist(d.all())
		d.store = nil
		return ok()
	}
	return fault("unsupported", "the client has no "+r.Op)
}

func main() {
	in := bufio.NewReader(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	d := &driver{}
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 1 {
			var r request
			if bad := json.Unmarshal(line, &r); bad != nil {
				out.Encode(fault("invalid", bad.Error()))
			} else {
				out.Encode(d.answer(r))
			}
		}
		if err != nil {
			return
		}
	}
}
