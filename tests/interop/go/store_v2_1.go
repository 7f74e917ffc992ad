//go:build !v2_0

package main

import (
	"unsafe"

	"github.com/apache/rocketmq-client-go/v2/primitive"
)

const version = "2.1.2"

//go:linkname localRead github.com/apache/rocketmq-client-go/v2/consumer.(*localFileOffsetStore).readWithException
func localRead(receiver unsafe.Pointer, mq *primitive.MessageQueue, readType int) (int64, error)

//go:linkname localOffsets github.com/apache/rocketmq-client-go/v2/consumer.(*localFileOffsetStore).getMQOffsetMap
func localOffsets(receiver unsafe.Pointer, topic string) map[primitive.MessageQueue]int64

func (s *offsetStore) read(mq *primitive.MessageQueue, readType int) (int64, error) {
	return localRead(s.receiver, mq, readType)
}

func (s *offsetStore) offsets(topic string) (map[primitive.MessageQueue]int64, bool) {
	return localOffsets(s.receiver, topic), true
}
