package ferkit.model.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.util.PairList;
import ferkit.data.file.FileKind;
import ferkit.data.file.Hashes;
import ferkit.data.file.Room;
import ferkit.data.file.Source;
import ferkit.model.EfficientNet;
import ferkit.model.EfficientNet.Place;
import ferkit.model.EfficientNet.Scaling;
import ferkit.model.EfficientNet.Variant;
import ferkit.model.Gradients;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A public file of EfficientNet weights, recognised by its content: PyTorch {@code .pth} (zip or plain), {@code .safetensors}
 * or Keras {@code .h5} and {@code .keras}, with the names of torchvision, timm, EfficientNet-PyTorch or Keras.
 */
public final class WeightFile {
    private static final int LISTED = 8;

    private final Path file;
    private final String sha256;
    private final Layout layout;
    /** Of the input, as the file says it. */
    private final Optional<Scaling> scaling;
    private final Map<String, Tensor> tensors;
    private final List<String> besides;

    /** @param prefix of the trunk's arrays, such as the {@code module.} of a model trained on several GPUs */
    private WeightFile(Path file, String sha256, Layout layout, Map<String, Tensor> all, String prefix) throws IOException {
        this.file = file;
        this.sha256 = sha256;
        this.layout = layout;
        this.tensors = new LinkedHashMap<>();
        this.besides = new ArrayList<>();
        all.forEach((name, tensor) -> {
            String plain = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
            if (!plain.isEmpty() && !layout.isBeside(plain)) {
                tensors.put(plain, tensor);
            } else if (!name.endsWith("/")) {
                besides.add(name);
            }
        });
        this.scaling = layout == Layout.KERAS ? kerasScaling() : Optional.empty();
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
            throw new IOException(
                    "Weight file " + file + ": " + (e.getMessage() == null || file.toString().equals(e.getMessage()) ? "it cannot be read ("
                            + e.getClass().getSimpleName() + ")" : e.getMessage()),
                    e);
        } catch (OutOfMemoryError e) { // where a library does not say beforehand what it takes, and where others have taken the heap
            throw new IOException("Weight file " + file + ": reading it takes more memory than there is", e);
        }
        for (Layout layout : Layout.values()) {
            Optional<String> prefix = tensors.keySet().stream()
                    .filter(name -> ("." + name.replace('/', '.')).endsWith("." + layout.mark().replace('/', '.')))
                    .map(name -> name.substring(0, name.length() - layout.mark().length())).min(Comparator.comparingInt(String::length));
            if (prefix.isPresent()) {
                return new WeightFile(file, Hashes.of(file, "SHA-256"), layout, tensors, prefix.get());
            }
        }
        throw new IOException("Weight file " + file + ": expected the names of EfficientNet as torchvision,"
                + " timm, EfficientNet-PyTorch or Keras write them; found " + some(tensors.keySet()));
    }

    /** All arrays of a file by name. */
    static Map<String, Tensor> tensors(Path file) throws IOException {
        byte[] start = Source.head(file);
        Room room = new Room();
        if (Source.starts(start, "PK\3\4")) {
            try (ZipFile zip = new ZipFile(file.toFile())) {
                ZipEntry keras = zip.getEntry(KerasFile.ENTRY);
                return keras == null ? TorchFile.readZip(zip, room) : KerasFile.read(TorchFile.bytes(zip, keras, room), room);
            }
        }
        if (Source.starts(start, "\u0089HDF")) {
            return KerasFile.read(file, room);
        }
        if (Source.starts(start, "\u0080")) { // a pickle
            return TorchFile.readPlain(file, room);
        }
        if (start.length > 8 && start[8] == '{') {
            room.take(Files.size(file), "it");
            return SafetensorsFile.read(Files.readAllBytes(file), room);
        }
        throw new IOException("expected a PyTorch .pth, a .safetensors or a Keras .h5 or .keras file; it is "
                + FileKind.of(start).orElse("none of these"));
    }

    /**
     * The scaling by the mean and variance that Keras's model has as its first layer. The published weights have ImageNet's
     * deviation in place of the variance, and the model divides by the root of the deviation once more, in a second rescaling.
     */
    private Optional<Scaling> kerasScaling() throws IOException {
        Map<String, Tensor> own = new HashMap<>();
        tensors.forEach((name, tensor) -> own.merge(Layout.NORMALIZATION.matcher(name).replaceFirst("$2"), tensor, (first, second) -> first));
        if (!own.containsKey("mean") || !own.containsKey("variance")) {
            return Optional.empty();
        }
        List<Float> mean = channels(own.get("mean"), "mean");
        List<Float> variance = channels(own.get("variance"), "variance");
        if (mean.stream().anyMatch(m -> !Float.isFinite(m)) || variance.stream().anyMatch(v -> !(v > 0 && Float.isFinite(v)))) {
            throw new IOException("Weight file " + file + ": its normalisation has mean " + mean + " and variance " + variance
                    + ", expected finite numbers and a variance above 0");
        }
        boolean twice = tensors.keySet().stream().filter(name -> name.matches("rescaling(_\\d+)?/")).count() > 1;
        List<Float> imagenet = Scaling.IMAGENET.deviation();
        List<Float> deviation = near(variance, imagenet) ? imagenet : IntStream.range(0, imagenet.size())
                .mapToObj(c -> (float) (Math.sqrt(variance.get(c)) * (twice ? Math.sqrt(imagenet.get(c)) : 1))).toList();
        return Optional.of(near(mean, Scaling.IMAGENET.mean()) && near(deviation, imagenet) ? Scaling.IMAGENET : Scaling.ofFile(mean, deviation));
    }

    private List<Float> channels(Tensor tensor, String what) throws IOException {
        float[] v = tensor.values();
        if (v.length != 1 && v.length != 3) {
            throw new IOException("Weight file " + file + ": its normalisation has a " + what + " of shape " + Arrays.toString(tensor.shape())
                    + ", expected one number for each of three channels");
        }
        return List.of(v[0], v[v.length / 2], v[v.length - 1]);
    }

    private static boolean near(List<Float> numbers, List<Float> others) {
        return IntStream.range(0, numbers.size()).allMatch(i -> Math.abs(numbers.get(i) - others.get(i)) < 1e-5);
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
     * The variant the file says it is, by the names and shapes in it or, where these leave it open, by its known hash or by what
     * the file is called; empty if none of them tells. Keras's own model lists layers for its padding and has a normalisation.
     */
    public Optional<Variant> variant() {
        String name = name().orElse("");
        boolean lite = tensors.keySet().stream().noneMatch(n -> n.contains("se_reduce") || n.contains("se.conv_reduce"));
        boolean advProp = name.matches("(.*[^a-z0-9])?(ap|adv|advprop)([^a-z0-9].*)?");
        Optional<Variant> variant = switch (layout) {
            case KERAS -> scaling.isPresent() || tensors.containsKey("stem_conv_pad/") ? Optional.of(Variant.KERAS)
                    : tensors.containsKey("stem_activation/") ? Optional.of(Variant.QUBVEL) : Optional.empty();
            case TORCHVISION -> Optional.of(Variant.TORCHVISION);
            case LUKEMELAS -> Optional.of(lite ? Variant.LITE0 : Variant.LUKEMELAS);
            case TIMM -> name.isEmpty() ? Optional.empty() : Optional.of(name.contains("tf_") ? lite ? Variant.TIMM_TF_LITE0 : Variant.TIMM_TF
                    : lite ? Variant.TIMM_LITE0 : Variant.TIMM);
        };
        return variant.map(v -> v.with(scaling.orElse(advProp ? Scaling.INCEPTION : v.scaling())));
    }

    private Optional<String> name() {
        return Publication.known(sha256).or(() -> Publication.called(file));
    }

    /** What the file leaves open, as a request to name it. */
    public String whatIsOpen() {
        String network = tensors.keySet().stream().anyMatch(n -> n.contains("se.conv_reduce")) ? "b0" : "lite0";
        return "Weight file " + file + ": " + (layout == Layout.KERAS ? "it lists no layers that tell whether it is of Keras's own EfficientNet or"
                + " of the Python package efficientnet, which differ in padding. Name the variant: Variant.KERAS or Variant.QUBVEL"
                : "its names and shapes fit both timm's efficientnet_" + network + " and its tf_efficientnet_" + network + ", which differ in padding"
                        + " and epsilon; neither its hash " + sha256 + " is known nor does its name say it. Name the variant: "
                        + (network.equals("b0") ? "Variant.TIMM or Variant.TIMM_TF" : "Variant.TIMM_LITE0 or Variant.TIMM_TF_LITE0"));
    }

    /** What {@link #variant} takes for granted though the file does not say it, and how to say otherwise; empty if it is certain. */
    public Optional<String> assumption() {
        if (Publication.known(sha256).isPresent() || scaling.isPresent() || layout == Layout.TORCHVISION || variant().isEmpty()) {
            return Optional.empty();
        }
        Variant variant = variant().get();
        return Optional.of("That it is " + variant.title() + ", with inputs scaled by " + variant.scaling().title() + ", is taken from its names"
                + (layout == Layout.TIMM ? ", the file's own among them" : "")
                + ", for it does not say so itself; if it is otherwise, name it behind the file, for example "
                + (variant.scaling().equals(Scaling.INCEPTION) ? "Variant.LUKEMELAS or Variant.TIMM_TF"
                        : "Variant.TIMM_TF, or Variant.LUKEMELAS.with(Scaling.INCEPTION) for AdvProp")
                + ".");
    }

    /** Which arrays are not used, in a sentence; empty if there are none. */
    public Optional<String> leftOut() {
        return besides.isEmpty() ? Optional.empty() : Optional.of("Left out as no part of the trunk: " + some(besides) + ".");
    }

    /**
     * Builds the trunk of a variant, {@link #variant} or a named one, and fills it.
     *
     * @param manager owner of the trunk's arrays
     * @throws IOException if arrays are missing, no floats, of a larger network or of another shape; the message lists them
     */
    public EfficientNet load(NDManager manager, Variant variant) throws IOException {
        EfficientNet net = new EfficientNet(manager, variant);
        Gradients.off();
        List<String> missing = new ArrayList<>();
        List<String> misshapen = new ArrayList<>();
        Set<String> unknown = new TreeSet<>(tensors.keySet());
        unknown.removeIf(name -> !layout.isTrunk(name));
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
                if (tensor.other() != null) {
                    misshapen.add(name + " holds " + tensor.other() + " in place of floats");
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
                    + list("unknown", unknown) + list("of another type or shape", misshapen));
        }
        return net;
    }

    /**
     * Fills the trunk, or its first stages, that is the first block of a network, as of an {@link ferkit.model.EfficientNetClassifier}.
     *
     * @throws IOException if it is no trunk of this variant, or as {@link #load(NDManager, Variant)}
     */
    public void into(Block network, Variant variant) throws IOException {
        PairList<String, Parameter> begin = network.getChildren().valueAt(0).getParameters();
        try (NDManager manager = begin.valueAt(0).getArray().getManager().newSubManager()) {
            List<Parameter> trunk = load(manager, variant).trunk().getParameters().values();
            for (int i = 0; i < begin.size(); i++) {
                if (i == trunk.size() || !begin.valueAt(i).getShape().equals(trunk.get(i).getShape())) {
                    throw new IOException("Weight file " + file + ": the network does not begin with " + variant.title() + ", its parameter "
                            + (i + 1) + " is " + begin.get(i).getKey() + " " + begin.valueAt(i).getShape());
                }
                begin.valueAt(i).getArray().set(new NDIndex("..."), trunk.get(i).getArray());
            }
        }
    }

    private static String list(String what, Collection<String> names) {
        return names.isEmpty() ? "" : " " + names.size() + " " + what + " (" + some(names) + ")";
    }

    private static String some(Collection<String> names) {
        String listed = String.join(", ", names.stream().limit(LISTED).toList());
        return names.size() > LISTED ? listed + ", … " + (names.size() - LISTED) + " more" : listed;
    }
}
