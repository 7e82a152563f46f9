package ferkit.model.weights;

import ferkit.model.weights.StateDictUnpickler.Storage;
import ferkit.model.weights.StateDictUnpickler.View;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import net.razorvine.pickle.PickleException;

/** Reads state dicts that {@code torch.save} wrote: the zip form of today and the plain form from before PyTorch 1.6. */
final class TorchFile {
    /** What a plain file's first pickle holds. */
    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final int PROTOCOL = 1001;

    private TorchFile() {}

    /** Where the numbers of a storage come from. */
    @FunctionalInterface
    private interface Storages {
        float[] read(Storage storage) throws IOException;
    }

    /** Reads the zip form: {@code <root>/data.pkl} and raw little-endian numbers in {@code <root>/data/<key>}. */
    static Map<String, Tensor> readZip(Path file) throws IOException {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            String pickle = zip.stream().map(ZipEntry::getName).filter(name -> name.endsWith("/data.pkl")).findFirst()
                    .orElseThrow(() -> new IOException("a zip file without data.pkl: not saved by torch.save"));
            String root = pickle.substring(0, pickle.length() - "data.pkl".length());
            ZipEntry order = zip.getEntry(root + "byteorder");
            if (order != null && !"little".equals(new String(bytes(zip, order), StandardCharsets.US_ASCII))) {
                throw new IOException("its numbers are not little-endian");
            }
            Object dictionary = unpickle(new ByteArrayInputStream(bytes(zip, zip.getEntry(pickle))));
            Map<String, float[]> loaded = new HashMap<>();
            return tensors(dictionary, storage -> {
                float[] numbers = loaded.get(storage.key());
                if (numbers == null) {
                    ZipEntry entry = zip.getEntry(root + "data/" + storage.key());
                    if (entry == null) {
                        throw new IOException("storage " + storage.key() + " is missing");
                    }
                    numbers = numbers(storage, bytes(zip, entry));
                    loaded.put(storage.key(), numbers);
                }
                return numbers;
            });
        }
    }

    /** Reads the plain form: pickles of magic number, protocol, system, state dict and keys, then each key's numbers. */
    static Map<String, Tensor> readPlain(Path file) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            Object magic = unpickle(in);
            Object protocol = unpickle(in);
            if (!MAGIC.equals(magic) || !(protocol instanceof Number number) || number.intValue() != PROTOCOL) {
                throw new IOException("a pickle, but not one that torch.save wrote");
            }
            if (!(unpickle(in) instanceof Map<?, ?> system) || !Boolean.TRUE.equals(system.get("little_endian"))) {
                throw new IOException("its numbers are not little-endian");
            }
            Object dictionary = unpickle(in);
            Map<String, Storage> storages = new HashMap<>();
            for (View view : views(dictionary).values()) {
                storages.put(view.storage().key(), view.storage());
            }
            if (!(unpickle(in) instanceof List<?> keys)) {
                throw new IOException("no list of storages after the state dict");
            }
            Map<String, float[]> loaded = new HashMap<>();
            for (Object key : keys) {
                Storage storage = storages.get(key);
                if (storage == null) {
                    throw new IOException("storage " + key + " belongs to no tensor");
                }
                long elements = ByteBuffer.wrap(exactly(in, Long.BYTES)).order(ByteOrder.LITTLE_ENDIAN).getLong();
                if (elements != storage.elements()) {
                    throw new IOException("storage " + key + " has " + elements + " elements, expected " + storage.elements());
                }
                loaded.put(storage.key(), numbers(storage, exactly(in, elements * Storage.BYTES.get(storage.type()))));
            }
            return tensors(dictionary, storage -> {
                float[] numbers = loaded.get(storage.key());
                if (numbers == null) {
                    throw new IOException("storage " + storage.key() + " is missing");
                }
                return numbers;
            });
        }
    }

    private static Object unpickle(InputStream in) throws IOException {
        try {
            return new StateDictUnpickler().load(in);
        } catch (PickleException e) {
            throw new IOException("its pickle is refused: " + e.getMessage(), e);
        } catch (RuntimeException e) { // what the library throws for a stack or a type that does not fit
            throw new IOException("its pickle is broken: " + e, e);
        }
    }

    private static Map<String, View> views(Object dictionary) throws IOException {
        if (!(dictionary instanceof Map<?, ?> map)) {
            throw new IOException("no dictionary of tensors");
        }
        Map<String, View> views = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!(entry.getKey() instanceof String name) || !(entry.getValue() instanceof View view)) {
                throw new IOException("\"" + entry.getKey() + "\" is not a tensor: expected a plain state dict");
            }
            views.put(name, view);
        }
        return views;
    }

    private static Map<String, Tensor> tensors(Object dictionary, Storages storages) throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<String, View> entry : views(dictionary).entrySet()) {
            View view = entry.getValue();
            try {
                tensors.put(entry.getKey(), Tensor.strided(storages.read(view.storage()), view.offset(), view.shape(), view.stride()));
            } catch (IllegalArgumentException e) {
                throw new IOException("tensor " + entry.getKey() + ": " + e.getMessage(), e);
            }
        }
        return tensors;
    }

    private static float[] numbers(Storage storage, byte[] raw) throws IOException {
        if (raw.length != storage.elements() * Storage.BYTES.get(storage.type())) {
            throw new IOException("storage " + storage.key() + " has " + raw.length + " bytes, expected "
                    + storage.elements() + " numbers of " + Storage.BYTES.get(storage.type()) + " bytes");
        }
        ByteBuffer buffer = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
        float[] numbers = new float[(int) storage.elements()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = storage.type().equals("LongStorage") ? buffer.getLong() : buffer.getFloat();
        }
        return numbers;
    }

    private static byte[] bytes(ZipFile zip, ZipEntry entry) throws IOException {
        try (InputStream in = zip.getInputStream(entry)) {
            return in.readAllBytes();
        }
    }

    private static byte[] exactly(InputStream in, long count) throws IOException {
        byte[] bytes = count < 0 || count > Integer.MAX_VALUE - 8 ? new byte[0] : in.readNBytes((int) count);
        if (bytes.length != count) {
            throw new EOFException("it is cut off: expected " + count + " bytes more, found " + bytes.length);
        }
        return bytes;
    }
}
