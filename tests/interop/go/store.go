package main

import (
	"path/filepath"
	"unsafe"

	"github.com/apache/rocketmq-client-go/v2/consumer"
	"github.com/apache/rocketmq-client-go/v2/primitive"
)

// offsetStore is the client's own store. Its type and its methods are not exported: the linker
// reaches them by name, so that no line of the client is copied.
type offsetStore struct {
	receiver unsafe.Pointer
	file     string
}

//go:linkname localOffsetStorePath github.com/apache/rocketmq-client-go/v2/consumer._LocalOffsetStorePath
var localOffsetStorePath string

// openStore takes its arguments in the order in which NewLocalFileOffsetStore declares them.
func openStore(root, clientID, group string) *offsetStore {
	localOffsetStorePath = root
	store := consumer.NewLocalFileOffsetStore(clientID, group)
	// An interface is two words: the table of methods, and the receiver.
	receiver := (*[2]unsafe.Pointer)(unsafe.Pointer(&store))[1]
	return &offsetStore{receiver, filepath.Join(root, clientID, group, "offset.json")}
}

func (s *offsetStore) path() string {
	absolute, err := filepath.Abs(s.file)
	if err != nil {
		return s.file
	}
	return absolute
}

//go:linkname localUpdate github.com/apache/rocketmq-client-go/v2/consumer.(*localFileOffsetStore).update
func localUpdate(receiver unsafe.Pointer, mq *primitive.MessageQueue, offset int64, increaseOnly bool)

//go:linkname localPersist github.com/apache/rocketmq-client-go/v2/consumer.(*localFileOffsetStore).persist
func localPersist(receiver unsafe.Pointer, mqs []*primitive.MessageQueue)

//go:linkname localRemove github.com/apache/rocketmq-client-go/v2/consumer.(*localFileOffsetStore).remove
func localRemove(receiver unsafe.Pointer, mq *primitive.MessageQueue)

func (s *offsetStore) update(mq *primitive.MessageQueue, offset int64, increaseOnly bool) {
	localUpdate(s.receiver, mq, offset, increaseOnly)
}

func (s *offsetStore) persist(mqs []*primitive.MessageQueue) { localPersist(s.receiver, mqs) }

func (s *offsetStore) remove(mq *primitive.MessageQueue) { localRemove(s.receiver, mq) }
