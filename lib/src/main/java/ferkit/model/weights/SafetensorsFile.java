package ferkit.model.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import ferkit.data.file.Room;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Reads safetensors: eight bytes with the length of a JSON header, the header with type, shape and place of each tensor, then
 * the numbers, without gap or overlap. Not with DJL, whose reader takes memory as the file asks for it and ends the JVM at a
 * tensor in bfloat16.
 */
public final class SafetensorsFile {
    private static final String NO_WHOLE = "it is no whole safetensors file: ";

    private SafetensorsFile() {}

    /**
     * The arrays of a file that the kit wrote, by name.
     *
     * @param manager owner of the arrays
     * @throws IOException if the bytes are no whole safetensors file of floats
     */
    public static Map<String, NDArray> arrays(NDManager manager, byte[] file) throws IOException {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        for (Map.Entry<String, Tensor> entry : read(file, new Room(Integer.MAX_VALUE - 8)).entrySet()) {
            Tensor tensor = entry.getValue();
            if (tensor.other() != null) {
                throw new IOException("tensor " + entry.getKey() + " holds " + tensor.other() + ", expected floats");
            }
            arrays.put(entry.getKey(), manager.create(tensor.values(), new Shape(tensor.shape())));
        }
        return arrays;
    }

    static Map<String, Tensor> read(byte[] file, Room room) throws IOException {
        if (file.length < Long.BYTES) {
            throw new IOException(NO_WHOLE + "it is cut off");
        }
        long length = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
        room.take(length, "its header");
        if (length > file.length - Long.BYTES) {
            throw new IOException(NO_WHOLE + "it is cut off");
        }
        byte[] numbers = Arrays.copyOfRange(file, Long.BYTES + (int) length, file.length);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Map<Long, Long> places = new TreeMap<>();
        try {
            JsonObject header = new Gson().fromJson(new String(file, Long.BYTES, (int) length, StandardCharsets.UTF_8), JsonObject.class);
            for (Map.Entry<String, JsonElement> entry : header.entrySet()) {
                if (!entry.getKey().equals("__metadata__")) {
                    tensors.put(entry.getKey(), tensor(numbers, entry.getKey(), entry.getValue().getAsJsonObject(), places, room));
                }
            }
        } catch (RuntimeException e) { // what comes of a header that is none
            throw new IOException(NO_WHOLE + (e instanceof IllegalArgumentException || e instanceof JsonParseException ? e.getMessage()
                    : "its header does not give type, shape and place of each tensor"), e);
        }
        long end = 0;
        for (Map.Entry<Long, Long> place : places.entrySet()) {
            if (place.getKey() != end) {
                throw new IOException(NO_WHOLE + "its tensors overlap or leave a gap at byte " + end);
            }
            end = place.getValue();
        }
        if (end != numbers.length) {
            throw new IOException(NO_WHOLE + "its tensors end at byte " + end + " of " + numbers.length);
        }
        return tensors;
    }

    private static Tensor tensor(byte[] numbers, String name, JsonObject entry, Map<Long, Long> places, Room room) throws IOException {
        String dtype = entry.get("dtype").getAsString();
        long[] shape = longs(entry.getAsJsonArray("shape"));
        long[] offsets = longs(entry.getAsJsonArray("data_offsets"));
        long count = Tensor.size(shape);
        Optional<NumberType> type = NumberType.ofSafetensors(dtype);
        if (offsets.length != 2 || type.isPresent() && offsets[1] - offsets[0] != count * type.get().bytes()) {
            throw new IOException("tensor " + name + " lies at bytes " + Arrays.toString(offsets) + ", expected room for shape "
                    + Arrays.toString(shape) + " of " + dtype);
        }
        room.take(offsets[1] - offsets[0] + count * Float.BYTES, "tensor " + name);
        if (offsets[0] < 0 || offsets[1] > numbers.length) {
            throw new IOException(
                    NO_WHOLE + "it is cut off: tensor " + name + " lies at bytes " + Arrays.toString(offsets) + " of " + numbers.length);
        }
        if (offsets[1] > offsets[0] && places.put(offsets[0], offsets[1]) != null) {
            throw new IOException("tensor " + name + " lies where another does");
        }
        return type.isPresent() && type.get().isFloat()
                ? new Tensor(shape, type.get().floats(Arrays.copyOfRange(numbers, (int) offsets[0], (int) offsets[1]))) : Tensor.unread(dtype);
    }

    private static long[] longs(JsonArray array) {
        return IntStream.range(0, array.size()).mapToLong(i -> array.get(i).getAsLong()).toArray();
    }
}
