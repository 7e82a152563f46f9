package ferkit.model.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.nn.Parameter;
import ferkit.data.FileKind;
import ferkit.data.Room;
import ferkit.model.EfficientNet;
import ferkit.model.EfficientNet.Place;
import ferkit.model.EfficientNet.Variant;
import ferkit.model.Gradients;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A public file of EfficientNet weights, recognised by its content: PyTorch {@code .pth} (zip or plain), {@code .safetensors}
 * or Keras {@code .h5} and {@code .keras}, with the names of torchvision, timm, EfficientNet-PyTorch or Keras.
 */
public final class WeightFile {
    private static final byte[] ZIP = {'P', 'K', 3, 4};
    private static final byte[] HDF5 = {(byte) 0x89, 'H', 'D', 'F'};
    private static final byte[] PICKLE = {(byte) 0x80};
    private static final int HEAD = 1 << 8;
    private static final int LISTED = 8;

    private final Path file;
    private final String sha256;
    private final Layout layout;
    private final Map<String, Tensor> tensors;

    private WeightFile(Path file, String sha256, Layout layout, Map<String, Tensor> tensors) {
        this.file = file;
        this.sha256 = sha256;
        this.layout = layout;
        this.tensors = tensors;
    }

    /**
     * Reads a weight file.
     *
     * @throws IOException if it cannot be read, is of no known form, is damaged, holds a pickle that wants anything but
     *     tensors, or names no EfficientNet
     */
    public static WeightFile read(Path file) throws IOException {
        Map<String, Tensor> tensors;
        try {
            tensors = tensors(file);
        } catch (NoSuchFileException e) {
            throw new IOException("Weight file " + file + ": there is none of this name in " + file.toAbsolutePath().getParent(), e);
        } catch (IOException e) {
            throw new IOException("Weight file " + file + ": " + (file.toString().equals(e.getMessage()) ? "it cannot be read ("
                    + e.getClass().getSimpleName() + ")" : e.getMessage()), e);
        } catch (OutOfMemoryError e) { // where a library does not say beforehand what it takes, and where others have taken the heap
            throw new IOException("Weight file " + file + ": reading it takes more memory than there is", e);
        }
        for (Layout layout : Layout.values()) {
            Optional<String> prefix = tensors.keySet().stream().filter(name -> ("." + name).endsWith("." + layout.mark()))
                    .map(name -> name.substring(0, name.length() - layout.mark().length())).min(Comparator.comparingInt(String::length));
            if (prefix.isPresent()) {
                return new WeightFile(file, Hashes.of(file, "SHA-256"), layout, without(prefix.get(), tensors));
            }
        }
        throw new IOException("Weight file " + file + ": expected the names of EfficientNet as torchvision,"
                + " timm, EfficientNet-PyTorch or Keras write them; found " + some(tensors.keySet()));
    }

    /** All arrays of a file by name. */
    static Map<String, Tensor> tensors(Path file) throws IOException {
        byte[] start;
        try (InputStream in = Files.newInputStream(file)) {
            start = in.readNBytes(HEAD);
        }
        Room room = new Room();
        if (startsWith(start, ZIP)) {
            try (ZipFile zip = new ZipFile(file.toFile())) {
                ZipEntry keras = zip.getEntry(KerasFile.ENTRY);
                return keras == null ? TorchFile.readZip(zip, room) : KerasFile.read(TorchFile.bytes(zip, keras, room), room);
            }
        }
        if (startsWith(start, HDF5)) {
            return KerasFile.read(file, room);
        }
        if (startsWith(start, PICKLE)) {
            return TorchFile.readPlain(file, room);
        }
        if (start.length > 8 && start[8] == '{') {
            return SafetensorsFile.read(file, room);
        }
        throw new IOException("expected a PyTorch .pth, a .safetensors or a Keras .h5 or .keras file; it is "
                + FileKind.of(start).orElse("none of these"));
    }

    private static boolean startsWith(byte[] bytes, byte[] start) {
        return bytes.length >= start.length && Arrays.equals(bytes, 0, start.length, start, 0, start.length);
    }

    /** The arrays under the names that follow a prefix, such as the {@code module.} of a model trained on several GPUs. */
    private static Map<String, Tensor> without(String prefix, Map<String, Tensor> tensors) {
        Map<String, Tensor> plain = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> plain.put(name.startsWith(prefix) ? name.substring(prefix.length()) : name, tensor));
        return plain;
    }

    /** Where it was read from. */
    public Path file() {
        return file;
    }

    /** SHA-256 of the file, in hexadecimal. */
    public String sha256() {
        return sha256;
    }

    /**
     * The variant the file says it is by its names or, where names leave it open, by its known hash.
     * Empty for a timm file of unknown hash: {@code efficientnet_b0} and {@code tf_efficientnet_b0} have the same names
     * and shapes but another padding and epsilon.
     */
    public Optional<Variant> variant() {
        return switch (layout) {
            case KERAS -> Optional.of(Variant.KERAS);
            case TORCHVISION -> Optional.of(Variant.TORCHVISION);
            case LUKEMELAS -> Optional.of(tensors.containsKey("_blocks.0._se_reduce.weight") ? Variant.LUKEMELAS : Variant.LITE0);
            case TIMM -> Publication.timmVariant(sha256);
        };
    }

    /**
     * Builds the trunk these weights are for and fills it.
     *
     * @param manager owner of the trunk's arrays
     * @throws IOException if the variant is not known or the arrays do not fit
     */
    public EfficientNet load(NDManager manager) throws IOException {
        return load(manager, variant().orElseThrow(() -> new IOException("Weight file " + file + ": its names and shapes fit both"
                + " timm's efficientnet_b0 and its tf_efficientnet_b0, which differ in padding and epsilon, and its hash "
                + sha256 + " is not known. Name the variant: Variant.TIMM or Variant.TIMM_TF")));
    }

    /**
     * Builds the trunk of a named variant and fills it.
     *
     * @param manager owner of the trunk's arrays
     * @throws IOException if arrays are missing, unknown or of another shape; the message lists them
     */
    public EfficientNet load(NDManager manager, Variant variant) throws IOException {
        EfficientNet net = new EfficientNet(manager, variant);
        Gradients.off();
        List<String> missing = new ArrayList<>();
        List<String> misshapen = new ArrayList<>();
        Set<String> unknown = new TreeSet<>(tensors.keySet());
        unknown.removeIf(layout::isUnused);
        for (Map.Entry<Place, List<Parameter>> entry : net.parameters().entrySet()) {
            Place place = entry.getKey();
            for (Parameter parameter : entry.getValue()) {
                String name = layout.name(place, parameter.getType());
                unknown.remove(name);
                Tensor tensor = tensors.get(name);
                if (tensor == null) {
                    missing.add(name);
                    continue;
                }
                tensor = layout.toOurs(place, parameter.getType(), tensor);
                long[] expected = parameter.getShape().getShape();
                if (!Arrays.equals(tensor.shape(), expected)) {
                    misshapen.add(name + " " + Arrays.toString(tensor.shape()) + " instead of " + Arrays.toString(expected));
                    continue;
                }
                try (NDArray values = manager.create(tensor.values(), parameter.getShape())) {
                    parameter.getArray().set(new NDIndex("..."), values);
                }
            }
        }
        if (!missing.isEmpty() || !unknown.isEmpty() || !misshapen.isEmpty()) {
            throw new IOException("Weight file " + file + " does not fit " + variant.title() + ":" + list("missing", missing)
                    + list("unknown", unknown) + list("of another shape", misshapen));
        }
        return net;
    }

    private static String list(String what, Collection<String> names) {
        return names.isEmpty() ? "" : " " + names.size() + " " + what + " (" + some(names) + ")";
    }

    private static String some(Collection<String> names) {
        String listed = String.join(", ", names.stream().limit(LISTED).toList());
        return names.size() > LISTED ? listed + ", … " + (names.size() - LISTED) + " more" : listed;
    }
}
