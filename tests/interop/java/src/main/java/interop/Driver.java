package interop;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.rocketmq.client.consumer.store.OffsetStore;
import org.apache.rocketmq.client.consumer.store.ReadOffsetType;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.common.message.MessageQueue;

/** A driver of the conformance kit around Java's local offset store, as its consumer uses it. */
public final class Driver {
    private static final Gson GSON = new Gson();
    private static final Map<String, ReadOffsetType> TYPES = Map.of(
        "memory", ReadOffsetType.READ_FROM_MEMORY,
        "store", ReadOffsetType.READ_FROM_STORE,
        "memory-then-store", ReadOffsetType.MEMORY_FIRST_THEN_STORE);

    private OffsetStore store;

    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, "UTF-8");
        // Whatever the client or its libraries print must not come between the answers.
        System.setOut(System.err);
        Driver driver = new Driver();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = in.readLine()) != null;) {
            if (!line.isEmpty()) out.println(GSON.toJson(driver.answer(line)));
        }
        // The client's threads are no daemons.
        System.exit(0);
    }

    private JsonObject answer(String line) {
        try {
            return answer(JsonParser.parseString(line).getAsJsonObject());
        } catch (NumberFormatException | NullPointerException e) {
            return fault("invalid", e);
        } catch (Throwable e) {
            return fault("other", e);
        }
    }

    private JsonObject answer(JsonObject request) throws Exception {
        String op = request.get("op").getAsString();
        switch (op) {
            case "hello":
                return hello();
            case "open":
                return open(request);
            case "update":
                store.updateOffset(queue(request.get("mq")), offset(request),
                    request.get("increaseOnly").getAsBoolean());
                return ok();
            case "freeze":
                return freeze(request);
            case "read": {
                long offset = store.readOffset(queue(request.get("mq")),
                    TYPES.get(request.get("type").getAsString()));
                JsonObject answer = ok();
                answer.addProperty("offset", Long.toString(offset));
                return answer;
            }
            case "persist":
                store.persistAll(request.has("mqs") ? queues(request.getAsJsonArray("mqs")) : all());
                return ok();
            case "remove":
                store.removeOffset(queue(request.get("mq")));
                return ok();
            case "offsets":
                return offsets(request.get("topic").getAsString());
            case "close":
                store.persistAll(all());
                store = null;
                return ok();
            default:
                return fault("unsupported", "the client has no " + op);
        }
    }

    private JsonObject hello() {
        JsonObject answer = ok();
        answer.addProperty("name", "rocketmq-client-java");
        answer.addProperty("version", System.getProperty("interop.version"));
        answer.addProperty("profile", "java");
        answer.addProperty("format", "java");
        return answer;
    }

    /** The consumer loads the store when it starts, and does not start if that fails. */
    private JsonObject open(JsonObject request) throws Exception {
        store = null;
        OffsetStore opened = StoreLoader.open(request.get("root").getAsString(),
            request.get("clientId").getAsString(), request.get("group").getAsString());
        try {
            opened.load();
        } catch (MQClientException e) {
            return fault("corrupt", e);
        }
        store = opened;
        JsonObject answer = ok();
        answer.addProperty("path", StoreLoader.pathOf(opened));
        return answer;
    }

    private JsonObject freeze(JsonObject request) throws Exception {
        try {
            OffsetStore.class.getMethod("updateAndFreezeOffset", MessageQueue.class, long.class)
                .invoke(store, queue(request.get("mq")), offset(request));
            return ok();
        } catch (NoSuchMethodException e) {
            return fault("unsupported", "the client has no freeze");
        } catch (InvocationTargetException e) {
            return fault("other", e.getCause());
        }
    }

    /** An empty topic means every topic to the client; it has no way to ask for that very topic. */
    private JsonObject offsets(String topic) {
        JsonArray offsets = new JsonArray();
        for (Map.Entry<MessageQueue, Long> entry : store.cloneOffsetTable(topic).entrySet()) {
            JsonObject mq = new JsonObject();
            mq.addProperty("topic", entry.getKey().getTopic());
            mq.addProperty("brokerName", entry.getKey().getBrokerName());
            mq.addProperty("queueId", entry.getKey().getQueueId());
            JsonObject item = new JsonObject();
            item.add("mq", mq);
            item.addProperty("offset", Long.toString(entry.getValue()));
            offsets.add(item);
        }
        JsonObject answer = ok();
        answer.add("offsets", offsets);
        return answer;
    }

    /** Everything in memory: the queues that a consumer holds. */
    private Set<MessageQueue> all() {
        return store.cloneOffsetTable("").keySet();
    }

    private static Set<MessageQueue> queues(JsonArray array) {
        Set<MessageQueue> queues = new HashSet<>();
        for (JsonElement element : array) queues.add(queue(element));
        return queues;
    }

    private static MessageQueue queue(JsonElement element) {
        JsonObject mq = element.getAsJsonObject();
        return new MessageQueue(mq.get("topic").getAsString(), mq.get("brokerName").getAsString(),
            mq.get("queueId").getAsInt());
    }

    private static long offset(JsonObject request) {
        return Long.parseLong(request.get("offset").getAsString());
    }

    private static JsonObject ok() {
        JsonObject answer = new JsonObject();
        answer.addProperty("ok", true);
        return answer;
    }

    private static JsonObject fault(String kind, Throwable e) {
        return fault(kind, e.toString());
    }

    private static JsonObject fault(String kind, String message) {
        JsonObject answer = new JsonObject();
        answer.addProperty("ok", false);
        answer.addProperty("error", kind);
        answer.addProperty("message", message);
        return answer;
    }
}
