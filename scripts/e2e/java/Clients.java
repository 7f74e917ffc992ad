import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;

/** Java's producer and its consumer, for 4.9 and 5. */
public class Clients {
  private static final String NAME_SERVER = "127.0.0.1:9876";
  private static final long PATIENCE_MS = 60_000;

  /** produce TOPIC COUNT, consume TOPIC GROUP COUNT, or broadcast TOPIC GROUP COUNT INSTANCE. */
  public static void main(String[] args) throws Exception {
    if (args[0].equals("produce")) {
      produce(args[1], Integer.parseInt(args[2]));
    } else {
      DefaultMQPushConsumer consumer = new DefaultMQPushConsumer(args[2]);
      if (args[0].equals("broadcast")) {
        broadcast(consumer, args[4]);
      }
      consume(consumer, args[1], Integer.parseInt(args[3]));
    }
    System.exit(0);
  }

  private static void produce(String topic, int count) throws Exception {
    DefaultMQProducer producer = new DefaultMQProducer("producers");
    producer.setNamesrvAddr(NAME_SERVER);
    producer.start();
    for (int i = 0; i < count; i++) {
      producer.send(new Message(topic, String.valueOf(i).getBytes(StandardCharsets.UTF_8)));
    }
    producer.shutdown();
    System.out.println("produced " + count);
  }

  /** The consumer keeps its offsets in a file; the mode's class is not the same one in 4.9 and 5. */
  @SuppressWarnings({"unchecked", "rawtypes"})
  private static void broadcast(DefaultMQPushConsumer consumer, String instance) throws Exception {
    consumer.setInstanceName(instance);
    for (Method method : DefaultMQPushConsumer.class.getMethods()) {
      if (method.getName().equals("setMessageModel")) {
        method.invoke(consumer, Enum.valueOf((Class) method.getParameterTypes()[0], "BROADCASTING"));
      }
    }
  }

  /** Consumes until so many messages have come, and a second longer, to see if there are more. */
  private static void consume(DefaultMQPushConsumer consumer, String topic, int count)
      throws Exception {
    consumer.setNamesrvAddr(NAME_SERVER);
    consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
    consumer.subscribe(topic, "*");
    Map<Integer, Long> first = new TreeMap<>();
    int[] consumed = {0};
    consumer.registerMessageListener((MessageListenerConcurrently) (messages, context) -> {
      synchronized (first) {
        for (MessageExt message : messages) {
          consumed[0]++;
          first.merge(message.getQueueId(), message.getQueueOffset(), Math::min);
        }
      }
      return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
    });
    consumer.start();
    long end = System.currentTimeMillis() + PATIENCE_MS;
    while (System.currentTimeMillis() < end) {
      synchronized (first) {
        if (consumed[0] >= count) {
          break;
        }
      }
      Thread.sleep(50);
    }
    Thread.sleep(1000);
    consumer.shutdown();
    synchronized (first) {
      System.out.println("consumed " + consumed[0] + " first " + first);
    }
  }
}
