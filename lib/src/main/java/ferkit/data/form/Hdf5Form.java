package ferkit.data.form;

import ferkit.data.Emotion;
import ferkit.data.Faces;
import ferkit.data.Split;
import ferkit.data.file.Room;
import ferkit.data.file.Source;
import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import java.io.IOException;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads FER2013 as projects in PyTorch share it, often as {@code data.h5}: an HDF5 file with the datasets {@code Training_pixel}
 * (n × 48 × 48 or n × 2304, grey values 0 to 255) and {@code Training_label} (n), and likewise for {@code PublicTest} and {@code PrivateTest}.
 */
final class Hdf5Form implements Form {
    private static final String PIXELS = "_pixel";
    private static final int IMAGES_AT_ONCE = 1024;

    @Override
    public boolean recognises(Path path) throws IOException {
        return Source.starts(Source.head(path), "\u0089HDF");
    }

    @Override
    public Set<Split> splits(Path path) {
        try (HdfFile hdf = open(path, new Room())) {
            return hdf.getChildren().containsKey(Split.TRAINING.usage() + PIXELS) ? EnumSet.allOf(Split.class) : Set.of();
        } catch (IOException | RuntimeException e) {
            return Set.of();
        }
    }

    @Override
    public Content read(Path file, Room room) throws IOException {
        Map<Split, Faces> splits = new EnumMap<>(Split.class);
        try (HdfFile hdf = open(file, room)) {
            for (Split split : Split.values()) {
                if (hdf.getChildren().get(split.usage() + PIXELS) instanceof Dataset pixels) {
                    if (!(hdf.getChildren().get(split.usage() + "_label") instanceof Dataset labels)) {
                        throw new IOException(file + ": " + pixels.getName() + " without " + split.usage() + "_label; get the file again");
                    }
                    splits.put(split, faces(file, pixels, labels, room));
                }
            }
            if (splits.isEmpty()) {
                throw new IOException(
                        file + ": HDF5 with " + (hdf.getChildren().isEmpty() ? "nothing in it" : String.join(", ", hdf.getChildren().keySet()))
                                + ", expected the datasets Training_pixel, Training_label,"
                                + " PublicTest_pixel and so on; save them under these names");
            }
            if (splits.values().stream().allMatch(split -> split.size() == 0)) {
                throw new IOException(
                        file + ": " + String.join(", ", hdf.getChildren().keySet()) + " hold no image, expected at least one; get the file again");
            }
        } catch (RuntimeException e) { // jHDF's own kind and others
            throw new IOException(file + ": its HDF5 structure cannot be read (" + e.getMessage() + "); get the file again", e);
        }
        return new Content(splits, true, false, List.of());
    }

    private static HdfFile open(Path file, Room room) throws IOException {
        return file.getFileSystem().equals(FileSystems.getDefault()) ? new HdfFile(file)
                : HdfFile.fromByteBuffer(ByteBuffer.wrap(Source.bytes(file, room)));
    }

    private static Faces faces(Path file, Dataset pixels, Dataset labels, Room room) throws IOException {
        int[] shape = pixels.getDimensions();
        long images = shape.length == 0 ? 0 : shape[0];
        if (pixels.getSize() != images * Faces.PIXELS || labels.getSize() != images) {
            throw new IOException(file + ": " + pixels.getName() + " has the shape " + Arrays.toString(shape) + " and " + labels.getName() + " "
                    + Arrays.toString(labels.getDimensions()) + ", expected n × 48 × 48 or n × 2304 and n; save them in this shape");
        }
        room.take(images * (Faces.PIXELS + 1), file + ", " + pixels.getName());
        byte[] grey = new byte[(int) images * Faces.PIXELS];
        for (int first = 0; first < images; first += IMAGES_AT_ONCE) {
            long[] from = new long[shape.length];
            from[0] = first;
            int[] size = shape.clone();
            size[0] = (int) Math.min(IMAGES_AT_ONCE, images - first);
            copy(pixels.getData(from, size), grey, first * Faces.PIXELS, 255, file + ", " + pixels.getName());
        }
        byte[] classes = new byte[(int) images];
        copy(labels.getDataFlat(), classes, 0, Emotion.COUNT - 1, file + ", " + labels.getName());
        return new Faces(grey, classes);
    }

    /** Copies arrays of numbers, or arrays of such arrays, one after the other; returns where the next would go. */
    private static int copy(Object numbers, byte[] target, int offset, int largest, String what) throws IOException {
        if (!numbers.getClass().isArray()) {
            throw new IOException(what + ": found \"" + numbers + "\", expected whole numbers from 0 to " + largest + "; save them so");
        }
        int at = offset;
        for (int i = 0; i < Array.getLength(numbers); i++) {
            if (numbers instanceof Object[] parts) {
                at = copy(parts[i], target, at, largest, what);
                continue;
            }
            double value = Array.getDouble(numbers, i);
            if (value < 0 || value > largest || value != Math.rint(value)) {
                throw new IOException(what + ", number " + (at + 1) + ": found " + value + ", expected a whole number from 0 to " + largest
                        + "; correct it or get the file again");
            }
            target[at++] = (byte) value;
        }
        return at;
    }
}
