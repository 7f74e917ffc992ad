package interop;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import org.apache.rocketmq.client.ClientConfig;
import org.apache.rocketmq.client.consumer.store.OffsetStore;
import org.apache.rocketmq.client.impl.factory.MQClientInstance;

/**
 * Defines the client's store anew for each root: its class reads the root once, when it is
 * initialized. All other classes are shared, so that opening a store takes no time.
 */
final class StoreLoader extends ClassLoader {
    private static final String STORE = "org.apache.rocketmq.client.consumer.store.LocalFileOffsetStore";
    private static final String ROOT = "rocketmq.client.localOffsetStoreDir";

    private static MQClientInstance instance;

    private StoreLoader() {
        super(StoreLoader.class.getClassLoader());
    }

    static OffsetStore open(String root, String clientId, String group) throws Exception {
        System.setProperty(ROOT, root);
        return (OffsetStore) new StoreLoader().loadClass(STORE)
            .getConstructor(MQClientInstance.class, String.class)
            .newInstance(named(clientId), group);
    }

    static String pathOf(OffsetStore store) throws ReflectiveOperationException {
        Field path = store.getClass().getDeclaredField("storePath");
        path.setAccessible(true);
        return (String) path.get(store);
    }

    /** One instance, never started, is given each name: the store asks it for nothing else. */
    private static MQClientInstance named(String clientId) throws ReflectiveOperationException {
        if (instance == null) instance = new MQClientInstance(new ClientConfig(), 0, clientId);
        Field field = MQClientInstance.class.getDeclaredField("clientId");
        field.setAccessible(true);
        field.set(instance, clientId);
        return instance;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        // The class and its nested ones.
        if (!name.startsWith(STORE)) return super.loadClass(name, resolve);
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) throw new ClassNotFoundException(name);
            byte[] bytes = in.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }
}
