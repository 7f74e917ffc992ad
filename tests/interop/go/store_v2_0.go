//go:build v2_0

package main

import (
	"unsafe"

	"github.com/apache/rocketmq-client-go/v2/primitive"
)

const version = "2.0.0"

//go:linkname localRead github.com/apache/rocketmq-client-go/v2/consumer.(*localFileOffsetStore).read
func localRead(receiver unsafe.Pointer, mq *primitive.MessageQueue, readType int) int64

func (s *offsetStore) read(mq *primitive.MessageQueue, readType int) (int64, error) {
	return localRead(s.receiver, mq, readType), nil
}

func (s *offsetStore) offsets(string) (map[primitive.MessageQueue]int64, bool) { return nil, false }
