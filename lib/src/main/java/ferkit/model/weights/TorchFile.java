package ferkit.model.weights;

import ferkit.data.file.Room;
import ferkit.model.weights.StateDictUnpickler.Storage;
import ferkit.model.weights.StateDictUnpickler.Unread;
import ferkit.model.weights.StateDictUnpickler.View;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import net.razorvine.pickle.PickleException;

/**
 * Reads state dicts that {@code torch.save} wrote, alone or within a checkpoint: the zip form of today and the plain form from
 * before PyTorch 1.6.
 */
final class TorchFile {
    /** What a plain file's first pickle holds. */
    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final int PROTOCOL = 1001;
    /** Bytes of a pickle; EfficientNet's state dict has 50,000. */
    private static final long LARGEST_PICKLE = 1 << 22;
    /** Where programs put the state dict into a checkpoint; of several the first. */
    private static final List<String> NESTED = List.of("state_dict", "model_state_dict", "model_state", "model", "net", "network",
            "module", "weights", "params");

    private TorchFile() {}

    /** Where the numbers of a storage come from. */
    @FunctionalInterface
    private interface Storages {
        float[] read(Storage storage) throws IOException;
    }

    /** Reads the zip form: {@code <root>/data.pkl} and raw little-endian numbers in {@code <root>/data/<key>}. */
    static Map<String, Tensor> readZip(ZipFile zip, Room room) throws IOException {
        String pickle = zip.stream().map(ZipEntry::getName).filter(name -> name.endsWith("/data.pkl")).findFirst()
                .orElseThrow(() -> new IOException("a zip file without data.pkl: not saved by torch.save"));
        String root = pickle.substring(0, pickle.length() - "data.pkl".length());
        ZipEntry order = zip.getEntry(root + "byteorder");
        if (order != null && !"little".equals(new String(bytes(zip, order, room), StandardCharsets.US_ASCII))) {
            throw new IOException("its numbers are not little-endian");
        }
        Map<String, View> views;
        try (InputStream in = new BufferedInputStream(zip.getInputStream(zip.getEntry(pickle)))) {
            views = stateDict(unpickle(new StateDictUnpickler(), in));
        }
        Map<String, float[]> loaded = new HashMap<>();
        return tensors(views, room, storage -> {
            float[] numbers = loaded.get(storage.key());
            if (numbers == null) {
                ZipEntry entry = zip.getEntry(root + "data/" + storage.key());
                if (entry == null) {
                    throw new IOException("storage " + storage.key() + " is missing");
                }
                if (entry.getSize() != storage.bytes()) {
                    throw new IOException("storage " + storage.key() + " has " + entry.getSize() + " bytes, expected "
                            + storage.elements() + " numbers of " + storage.type().bytes() + " bytes");
                }
                room.take(storage.elements() * Float.BYTES, "storage " + storage.key());
                numbers = storage.type().floats(bytes(zip, entry, room));
                loaded.put(storage.key(), numbers);
            }
            return numbers;
        });
    }

    /** Reads the plain form: pickles of magic number, protocol, system, state dict and keys, then each key's numbers. */
    static Map<String, Tensor> readPlain(Path file, Room room) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            Object magic = unpickle(new StateDictUnpickler(), in);
            Object protocol = unpickle(new StateDictUnpickler(), in);
            if (!MAGIC.equals(magic) || !(protocol instanceof Number number) || number.intValue() != PROTOCOL) {
                throw new IOException("a pickle, but not one that torch.save wrote");
            }
            if (!(unpickle(new StateDictUnpickler(), in) instanceof Map<?, ?> system) || !Boolean.TRUE.equals(system.get("little_endian"))) {
                throw new IOException("its numbers are not little-endian");
            }
            StateDictUnpickler unpickler = new StateDictUnpickler();
            Map<String, View> views = stateDict(unpickle(unpickler, in));
            Set<String> wanted = new HashSet<>();
            views.values().stream().filter(view -> view.storage().type().isFloat()).forEach(view -> wanted.add(view.storage().key()));
            if (!(unpickle(new StateDictUnpickler(), in) instanceof List<?> keys)) {
                throw new IOException("no list of storages after the state dict");
            }
            Map<String, float[]> loaded = new HashMap<>();
            for (Object key : keys) {
                Storage storage = unpickler.storages().get(key);
                if (storage == null) {
                    throw new IOException("storage " + key + " belongs to no tensor");
                }
                long elements = ByteBuffer.wrap(exactly(in, Long.BYTES)).order(ByteOrder.LITTLE_ENDIAN).getLong();
                if (elements != storage.elements()) {
                    throw new IOException("storage " + key + " has " + elements + " elements, expected " + storage.elements());
                }
                if (wanted.contains(storage.key())) {
                    room.take(storage.bytes() + storage.elements() * Float.BYTES, "storage " + key);
                    loaded.put(storage.key(), storage.type().floats(exactly(in, storage.bytes())));
                } else {
                    in.skipNBytes(storage.bytes());
                }
            }
            return tensors(views, room, storage -> {
                float[] numbers = loaded.get(storage.key());
                if (numbers == null) {
                    throw new IOException("storage " + storage.key() + " is missing");
                }
                return numbers;
            });
        }
    }

    private static Object unpickle(StateDictUnpickler unpickler, InputStream in) throws IOException {
        try {
            return unpickler.load(new Room(LARGEST_PICKLE).limit(in, "its pickle"));
        } catch (PickleException e) {
            throw new IOException("its pickle is refused: " + e.getMessage(), e);
        } catch (RuntimeException | StackOverflowError e) { // what comes of a stack or a type that does not fit, and of what holds itself
            throw new IOException("its pickle is broken: " + e, e);
        }
    }

    /** The tensors by name, of the state dict itself or of the one within a checkpoint. */
    private static Map<String, View> stateDict(Object content) throws IOException {
        Object found = content;
        for (int depth = 0; depth < NESTED.size() && found instanceof Map<?, ?> map; depth++) {
            if (found instanceof Unread unread) {
                throw new IOException("it holds a pickled " + unread.name() + " in place of a state dict; nothing of it was run."
                        + " If that is a whole model, save its state dict in the program that made it: torch.save(model.state_dict(), \"weights.pth\")");
            }
            Optional<?> inner = NESTED.stream().map(map::get).filter(value -> value instanceof Map).findFirst();
            if (inner.isEmpty()) {
                return views(map);
            }
            found = inner.get();
        }
        throw new IOException("no dictionary of tensors");
    }

    private static Map<String, View> views(Map<?, ?> dictionary) throws IOException {
        Map<String, View> views = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : dictionary.entrySet()) {
            if (!(entry.getKey() instanceof String name) || !(entry.getValue() instanceof View view)) {
                throw new IOException("\"" + entry.getKey() + "\" is not a tensor: expected a state dict, alone or in a checkpoint under "
                        + String.join(", ", NESTED) + "; save it alone: torch.save(model.state_dict(), \"weights.pth\")");
            }
            views.put(name, view);
        }
        return views;
    }

    private static Map<String, Tensor> tensors(Map<String, View> views, Room room, Storages storages) throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<String, View> entry : views.entrySet()) {
            View view = entry.getValue();
            if (!view.storage().type().isFloat()) {
                tensors.put(entry.getKey(), Tensor.unread(view.storage().type().storage()));
                continue;
            }
            try {
                room.take((long) Tensor.size(view.shape()) * Float.BYTES, "tensor " + entry.getKey());
                tensors.put(entry.getKey(), Tensor.strided(storages.read(view.storage()), view.offset(), view.shape(), view.stride()));
            } catch (IllegalArgumentException e) {
                throw new IOException("tensor " + entry.getKey() + ": " + e.getMessage(), e);
            }
        }
        return tensors;
    }

    /** An entry of a zip file; the memory is taken by the size that the archive says, and no more is read. */
    static byte[] bytes(ZipFile zip, ZipEntry entry, Room room) throws IOException {
        room.take(entry.getSize(), entry.getName());
        try (InputStream in = zip.getInputStream(entry)) {
            return exactly(in, entry.getSize());
        }
    }

    private static byte[] exactly(InputStream in, long count) throws IOException {
        byte[] bytes = in.readNBytes((int) count);
        if (bytes.length != count) {
            throw new EOFException("it is cut off: expected " + count + " bytes more, found " + bytes.length);
        }
        return bytes;
    }
}
