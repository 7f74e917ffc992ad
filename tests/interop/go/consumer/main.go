// A broadcasting consumer of rocketmq-client-go on a real broker: it consumes until so many messages
// have come, and a second longer, to see if there are more. `deno task e2e` runs it.
//
//	consumer NAME_SERVER TOPIC GROUP INSTANCE COUNT
package main

import (
	"context"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/apache/rocketmq-client-go/v2/consumer"
	"github.com/apache/rocketmq-client-go/v2/primitive"
	"github.com/apache/rocketmq-client-go/v2/rlog"
)

const patience = 60 * time.Second

type seen struct {
	sync.Mutex
	count int
	first map[int]int64
}

func (s *seen) take(_ context.Context, messages ...*primitive.MessageExt) (consumer.ConsumeResult, error) {
	s.Lock()
	defer s.Unlock()
	for _, message := range messages {
		queue, offset := message.Queue.QueueId, message.QueueOffset
		if first, ok := s.first[queue]; !ok || offset < first {
			s.first[queue] = offset
		}
		s.count++
	}
	return consumer.ConsumeSuccess, nil
}

func (s *seen) has(count int) bool {
	s.Lock()
	defer s.Unlock()
	return s.count >= count
}

func (s *seen) String() string {
	s.Lock()
	defer s.Unlock()
	var firsts []string
	for queue, offset := range s.first {
		firsts = append(firsts, fmt.Sprintf("%d=%d", queue, offset))
	}
	sort.Strings(firsts)
	return fmt.Sprintf("consumed %d first {%s}", s.count, strings.Join(firsts, ", "))
}

func must(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func main() {
	rlog.SetLogLevel("error")
	count, err := strconv.Atoi(os.Args[5])
	must(err)
	client, err := consumer.NewPushConsumer(
		consumer.WithNameServer(primitive.NamesrvAddr{os.Args[1]}),
		consumer.WithGroupName(os.Args[3]),
		consumer.WithInstance(os.Args[4]),
		consumer.WithConsumerModel(consumer.BroadCasting),
		consumer.WithConsumeFromWhere(consumer.ConsumeFromFirstOffset),
	)
	must(err)
	found := &seen{first: map[int]int64{}}
	must(client.Subscribe(os.Args[2], consumer.MessageSelector{}, found.take))
	must(client.Start())
	for end := time.Now().Add(patience); !found.has(count) && time.Now().Before(end); {
		time.Sleep(50 * time.Millisecond)
	}
	time.Sleep(time.Second)
	must(client.Shutdown())
	fmt.Println(found)
}
