package ferkit.model.weights;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import ferkit.data.Room;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Reads safetensors: eight bytes with the length of a JSON header, the header with type, shape and place of each tensor, then
 * the numbers. Not with DJL, whose reader takes memory as the file asks for it and ends the JVM at a tensor in bfloat16.
 */
final class SafetensorsFile {
    private SafetensorsFile() {}

    static Map<String, Tensor> read(Path file, Room room) throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            long length = ByteBuffer.wrap(bytes(in, Long.BYTES)).order(ByteOrder.LITTLE_ENDIAN).getLong();
            room.take(length, "its header");
            JsonObject header = new Gson().fromJson(new String(bytes(in, length), StandardCharsets.UTF_8), JsonObject.class);
            for (Map.Entry<String, JsonElement> entry : header.entrySet()) {
                if (!entry.getKey().equals("__metadata__")) {
                    tensors.put(entry.getKey(), tensor(in, Long.BYTES + length, entry.getKey(), entry.getValue().getAsJsonObject(), room));
                }
            }
        } catch (EOFException | RuntimeException e) { // the latter what comes of a header that is none
            throw new IOException("it is no whole safetensors file: " + (e.getMessage() == null ? "it is cut off" : e.getMessage()), e);
        }
        return tensors;
    }

    private static Tensor tensor(RandomAccessFile in, long start, String name, JsonObject entry, Room room) throws IOException {
        String dtype = entry.get("dtype").getAsString();
        NumberType type = NumberType.ofSafetensors(dtype)
                .orElseThrow(() -> new IOException("tensor " + name + " holds " + dtype + ", expected floats; save it as F32"));
        long[] shape = longs(entry.getAsJsonArray("shape"));
        long[] offsets = longs(entry.getAsJsonArray("data_offsets"));
        long size = (long) Tensor.size(shape) * type.bytes();
        if (offsets[1] - offsets[0] != size) {
            throw new IOException("tensor " + name + " has " + (offsets[1] - offsets[0]) + " bytes, expected " + size);
        }
        room.take(size + (long) Tensor.size(shape) * Float.BYTES, "tensor " + name);
        in.seek(start + offsets[0]);
        return new Tensor(shape, type.floats(bytes(in, size)));
    }

    private static byte[] bytes(RandomAccessFile in, long count) throws IOException {
        byte[] bytes = new byte[(int) count];
        in.readFully(bytes);
        return bytes;
    }

    private static long[] longs(JsonArray array) {
        return IntStream.range(0, array.size()).mapToLong(i -> array.get(i).getAsLong()).toArray();
    }
}
