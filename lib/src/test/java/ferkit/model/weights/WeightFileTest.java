package ferkit.model.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ferkit.data.TinyFaces;
import ferkit.model.EfficientNet;
import ferkit.model.EfficientNet.Place;
import ferkit.model.EfficientNet.Scaling;
import ferkit.model.EfficientNet.Variant;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What weight files are accepted, what is refused, and with which words. */
class WeightFileTest {
    @TempDir Path folder;

    /** A file of all tensors of a random trunk under a layout's names, after a change. */
    private Path safetensors(EfficientNet net, Layout layout, Consumer<NDList> change) throws IOException {
        NDList arrays = new NDList();
        for (Map.Entry<Place, List<Parameter>> entry : net.parameters().entrySet()) {
            for (Parameter p : entry.getValue()) {
                NDArray copy = p.getArray().duplicate();
                copy.setName(layout.name(entry.getKey(), p.getType()));
                arrays.add(copy);
            }
        }
        change.accept(arrays);
        return Files.write(folder.resolve("weights.safetensors"), arrays.encode(NDList.Encoding.SAFETENSORS));
    }

    @Test
    void everyTensorArrivesInItsPlace() throws IOException {
        for (Layout layout : List.of(Layout.TORCHVISION, Layout.TIMM, Layout.LUKEMELAS)) {
            Variant variant = switch (layout) {
                case TORCHVISION -> Variant.TORCHVISION;
                case TIMM -> Variant.TIMM;
                default -> Variant.LUKEMELAS;
            };
            try (NDManager manager = NDManager.newBaseManager()) {
                EfficientNet net = new EfficientNet(manager, variant);
                Path file = safetensors(net, layout, arrays -> {});
                EfficientNet read = WeightFile.read(file).load(manager, variant);
                for (Map.Entry<Place, List<Parameter>> entry : net.parameters().entrySet()) {
                    for (int i = 0; i < entry.getValue().size(); i++) {
                        assertArrayEquals(entry.getValue().get(i).getArray().toFloatArray(),
                                read.parameters().get(entry.getKey()).get(i).getArray().toFloatArray());
                    }
                }
            }
        }
    }

    @Test
    void missingUnknownAndMisshapenTensorsAreListed() throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            Path file = safetensors(new EfficientNet(manager, Variant.TORCHVISION), Layout.TORCHVISION, arrays -> {
                arrays.get("features.8.0.weight").setName("features.9.0.weight");
                NDArray wide = arrays.get("features.0.1.weight").reshape(16, 2);
                wide.setName("features.0.1.weight");
                arrays.removeIf(a -> a.getName().equals("features.0.1.weight"));
                arrays.add(wide);
            });
            IOException e = assertThrows(IOException.class, () -> WeightFile.read(file).load(manager, Variant.TORCHVISION));
            assertEquals("Weight file " + file + " does not fit EfficientNet-B0 (torchvision): 1 missing (features.8.0.weight)"
                    + " 1 unknown (features.9.0.weight) 1 of another type or shape (features.0.1.weight [16, 2] instead of [32])", e.getMessage());
        }
    }

    @Test
    void aTimmFileOfUnknownHashNeedsItsVariantNamed() throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            WeightFile file = WeightFile.read(safetensors(new EfficientNet(manager, Variant.TIMM), Layout.TIMM, arrays -> {}));
            assertTrue(file.variant().isEmpty());
            assertTrue(file.whatIsOpen().endsWith(" is known nor does its name say it. Name the variant: Variant.TIMM or Variant.TIMM_TF"),
                    file.whatIsOpen());
            assertEquals(Variant.TIMM_TF, file.load(manager, Variant.TIMM_TF).variant());
        }
        assertEquals("tf_efficientnet_b0.aa_in1k",
                Publication.known("bc97e48e1360ee9d9c9d8a39ad2fb9b85ad150eb89d6fc69cd0f08301b5e0b3e").orElseThrow());
    }

    private WeightFile called(String name, Variant variant, Layout layout) throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            return WeightFile.read(Files.move(safetensors(new EfficientNet(manager, variant), layout, arrays -> {}), file));
        }
    }

    @Test
    void theNameTellsPublisherAndScaling() throws IOException {
        Map<String, Variant> timm = Map.of("efficientnet_b0_ra-00000000.safetensors", Variant.TIMM,
                "tf_efficientnet_b0_aa-00000000.safetensors", Variant.TIMM_TF,
                "tf_efficientnet_b0_ap-00000000.safetensors", Variant.TIMM_TF.with(Scaling.INCEPTION),
                "models--timm--tf_efficientnet_b0.ap_in1k/snapshots/00/model.safetensors", Variant.TIMM_TF.with(Scaling.INCEPTION),
                "models--timm--efficientnet_b0.ra_in1k/snapshots/00/model.safetensors", Variant.TIMM);
        for (Map.Entry<String, Variant> entry : timm.entrySet()) {
            assertEquals(entry.getValue(), called(entry.getKey(), Variant.TIMM, Layout.TIMM).variant().orElseThrow(), entry.getKey());
        }
        assertEquals(Variant.LUKEMELAS, called("a.safetensors", Variant.LUKEMELAS, Layout.LUKEMELAS).variant().orElseThrow());
        for (String name : List.of("adv-efficientnet-b0-00000000.safetensors", "efficientnet-b0-advprop.safetensors")) {
            assertEquals(Variant.LUKEMELAS.with(Scaling.INCEPTION), called(name, Variant.LUKEMELAS, Layout.LUKEMELAS).variant().orElseThrow());
        }
        assertTrue(called("b.safetensors", Variant.LUKEMELAS, Layout.LUKEMELAS).assumption().orElseThrow()
                .contains("ImageNet's mean and deviation, is taken from its names, for it does not say so itself"));
    }

    @Test
    void timmsLite0IsNotB0() throws IOException {
        assertEquals(Variant.TIMM_LITE0, called("efficientnet_lite0.safetensors", Variant.TIMM_LITE0, Layout.TIMM).variant().orElseThrow());
        assertEquals(Variant.TIMM_TF_LITE0, called("tf_efficientnet_lite0.safetensors", Variant.TIMM_LITE0, Layout.TIMM).variant().orElseThrow());
        assertEquals(Variant.TIMM_LITE0, called("efficientnet_b0.safetensors", Variant.TIMM_LITE0, Layout.TIMM).variant().orElseThrow());
        assertTrue(called("lite.safetensors", Variant.TIMM_LITE0, Layout.TIMM).whatIsOpen().endsWith("Variant.TIMM_LITE0 or Variant.TIMM_TF_LITE0"));
        try (NDManager manager = NDManager.newBaseManager()) {
            WeightFile lite = called("c.safetensors", Variant.TIMM_LITE0, Layout.TIMM);
            assertTrue(assertThrows(IOException.class, () -> lite.load(manager, Variant.TIMM)).getMessage()
                    .contains("64 missing (blocks.0.0.se.conv_reduce.weight"));
        }
    }

    @Test
    void whatIsBesideACompleteTrunkIsLeftOut() throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            Path file = safetensors(new EfficientNet(manager, Variant.TORCHVISION), Layout.TORCHVISION, arrays -> {
                arrays.forEach(a -> a.setName("backbone." + a.getName()));
                for (String name : List.of("backbone.classifier.1.weight", "head.bn1.weight", "features.9.0.weight")) {
                    NDArray more = manager.ones(new Shape(7, 2));
                    more.setName(name);
                    arrays.add(more);
                }
            });
            WeightFile read = WeightFile.read(file);
            assertEquals(Variant.TORCHVISION, read.load(manager, read.variant().orElseThrow()).variant());
            String said = read.leftOut().orElseThrow();
            assertTrue(said.startsWith("Left out as no part of the trunk: ") && said.contains("backbone.classifier.1.weight")
                    && said.contains("head.bn1.weight")
                    && said.contains("features.9.0.weight"), said);
        }
    }

    @Test
    void typesThatAreNoFloatsAreNamed() throws IOException {
        for (String type : List.of("U16", "I16", "F8_E4M3", "I8", "I64")) {
            int bytes = type.contains("64") ? 8 : type.contains("16") ? 2 : 1;
            Path file = safetensors("{\"features.0.0.weight\":{\"dtype\":\"" + type + "\",\"shape\":[2],\"data_offsets\":[0," + 2 * bytes + "]}}",
                    new byte[2 * bytes]);
            try (NDManager manager = NDManager.newBaseManager()) {
                String said = assertThrows(IOException.class, () -> WeightFile.read(file).load(manager, Variant.TORCHVISION)).getMessage();
                assertTrue(said.contains("features.0.0.weight holds " + type + " in place of floats"), said);
            }
        }
    }

    @Test
    void placesThatOverlapLeaveGapsOrLieOutside() throws IOException {
        for (String places : List.of("0,4]},\"b\":0,4", "0,4]},\"b\":2,6", "0,4]},\"b\":6,10", "-4,0]},\"b\":0,4", "0,4]},\"b\":4,8",
                "4,0]},\"b\":0,4")) {
            Path file = safetensors(
                    "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":["
                            + places.replace("\"b\":", "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[") + "]}}",
                    new byte[6]);
            String said = refusal(file);
            assertTrue(said.contains("it is no whole safetensors file") || said.contains("lies "), said);
        }
    }

    @Test
    void stridesWhoseSumOverflows() throws IOException {
        long most = Long.MAX_VALUE;
        for (long[] numbers : new long[][] {{0, most}, {most, 1}, {-1, 1}, {0, -1}, {2, most / 2 + 2}}) {
            assertThrows(IllegalArgumentException.class, () -> Tensor.strided(new float[4], numbers[0], new long[] {3}, new long[] {numbers[1]}));
        }
    }

    /** A Keras file of these layers, in the form before Keras 3. */
    private WeightFile keras(String model, float[] mean, float[] variance, String... listed) throws IOException {
        Path file = folder.resolve("keras.h5");
        try (WritableHdfFile hdf = HdfFile.write(file)) {
            List<String> layers = new ArrayList<>(List.of(listed));
            if (model.isEmpty()) {
                layers.addAll(List.of("stem_conv", "normalization_1"));
                hdf.putGroup("stem_conv").putAttribute("weight_names", new String[] {"stem_conv/kernel:0"});
                ((WritableGroup) hdf.getChild("stem_conv")).putGroup("stem_conv").putDataset("kernel:0", new float[] {1});
            } else {
                layers.addAll(List.of(model, "dense"));
            }
            hdf.putAttribute("layer_names", layers.toArray(new String[0]));
            for (String layer : listed) {
                hdf.putGroup(layer);
            }
            if (!model.isEmpty()) {
                WritableGroup dense = hdf.putGroup("dense");
                dense.putAttribute("weight_names", new String[] {"dense/kernel:0"});
                dense.putGroup("dense").putDataset("kernel:0", new float[] {1});
            }
            WritableGroup group = hdf.putGroup(model.isEmpty() ? "normalization_1" : model);
            List<String> names = new ArrayList<>();
            WritableGroup inner = group.putGroup("normalization_1");
            if (mean != null) {
                names.addAll(List.of("normalization_1/mean:0", "normalization_1/variance:0"));
                inner.putDataset("mean:0", mean);
                inner.putDataset("variance:0", variance);
            }
            if (!model.isEmpty()) {
                names.addAll(List.of("stem_conv/kernel:0", "stem_bn/gamma:0"));
                group.putGroup("stem_bn").putDataset("gamma:0", new float[] {1});
                group.putGroup("stem_conv").putDataset("kernel:0", new float[] {1});
            }
            if (!names.isEmpty()) {
                group.putAttribute("weight_names", names.toArray(new String[0]));
            }
        }
        return WeightFile.read(file);
    }

    @Test
    void aKerasFilesOwnNormalisationIsUsed() throws IOException {
        float[] mean = {0.485f, 0.456f, 0.406f};
        for (String model : List.of("", "efficientnetb0")) {
            assertEquals(Variant.KERAS, keras(model, mean, new float[] {0.229f, 0.224f, 0.225f}).variant().orElseThrow());
            assertEquals(Variant.KERAS, keras(model, mean, new float[] {0.052441f, 0.050176f, 0.050625f}).variant().orElseThrow());
            Scaling own = keras(model, new float[] {0.5f, 0.4f, 0.3f}, new float[] {0.25f, 0.16f, 0.09f}).variant().orElseThrow().scaling();
            assertEquals(List.of(0.5f, 0.4f, 0.3f), own.mean());
            assertEquals(List.of(0.5f, 0.4f, 0.3f), own.deviation());
        }
        assertEquals(Math.sqrt(0.229), keras("", new float[] {0, 0, 0}, new float[] {1, 1, 1}, "rescaling", "rescaling_1").variant().orElseThrow()
                .scaling().deviation().get(0), 1e-6);
        assertThrows(IOException.class, () -> keras("", mean, new float[] {1, -1, 1}));
        assertEquals("Left out as no part of the trunk: dense/kernel.", keras("efficientnetb0", mean, mean).leftOut().orElseThrow());
    }

    @Test
    void theListOfLayersTellsKerassPadding() throws IOException {
        assertEquals(Variant.KERAS, keras("", null, null, "stem_conv_pad", "stem_activation").variant().orElseThrow());
        assertEquals(Variant.QUBVEL, keras("", null, null, "stem_activation").variant().orElseThrow());
        WeightFile open = keras("efficientnetb0", null, null);
        assertTrue(open.variant().isEmpty());
        assertTrue(open.whatIsOpen().endsWith("Name the variant: Variant.KERAS or Variant.QUBVEL"), open.whatIsOpen());
    }

    @Test
    void stridesAreHeeded() throws IOException {
        // a 2×3 tensor that lies transposed in its storage, from the second number on
        byte[] pickle = stateDict("w", 7, 1, new int[] {2, 3}, new int[] {1, 2});
        Map<String, Tensor> zip = WeightFile.tensors(zip(pickle, 0, 1, 2, 3, 4, 5, 6));
        assertArrayEquals(new long[] {2, 3}, zip.get("w").shape());
        assertArrayEquals(new float[] {1, 3, 5, 2, 4, 6}, zip.get("w").values());
        assertArrayEquals(new float[] {1, 3, 5, 2, 4, 6}, WeightFile.tensors(plain(pickle, 0, 1, 2, 3, 4, 5, 6)).get("w").values());
    }

    @Test
    void aTensorBeyondItsStorageIsRefused() throws IOException {
        Path file = zip(stateDict("w", 7, 2, new int[] {2, 3}, new int[] {1, 2}), 0, 1, 2, 3, 4, 5, 6);
        IOException e = assertThrows(IOException.class, () -> WeightFile.read(file));
        assertEquals("Weight file " + file + ": tensor w: Shape [2, 3] with strides [1, 2] from 2 on reaches beyond a storage of 7 elements",
                e.getMessage());
    }

    @Test
    void aStorageOfAnotherLengthIsRefused() throws IOException {
        Path file = zip(stateDict("w", 7, 1, new int[] {2, 3}, new int[] {1, 2}), 0, 1, 2);
        IOException e = assertThrows(IOException.class, () -> WeightFile.read(file));
        assertEquals("Weight file " + file + ": storage 0 has 12 bytes, expected 7 numbers of 4 bytes", e.getMessage());
    }

    @Test
    void aHostilePickleRunsNothing() throws IOException {
        Path victim = folder.resolve("victim");
        byte[] call = new Pickle().global("posix", "system").mark().text("touch " + victim).raw('t', 'R', '.').bytes();
        byte[] instance = new Pickle().mark().text("touch " + victim).raw('i').line("posix").line("system").raw('.').bytes();
        byte[] stacked = new Pickle().text("posix").text("system").raw(0x93, '.').bytes();
        byte[] known = new Pickle().global("operator", "attrgetter").raw(')', 'R', '.').bytes();
        byte[] build = new Pickle().global("torch", "FloatStorage").raw(')', 'R', '}', 'b', '.').bytes();
        byte[] within = new Pickle().raw('}').text("model").raw('}').text("w").global("posix", "system").mark().text("touch " + victim)
                .raw('t', 'R', 's', 's', '.').bytes();
        Map<byte[], String> expected = Map.of(call, "it holds a pickled posix.system in place of a state dict; nothing of it was run.",
                instance, "its pickle is refused: it has the instruction 0x69", stacked, "it holds a pickled posix.system",
                known, "it holds a pickled operator.attrgetter", build, "its pickle is refused: torch.FloatStorage is called",
                within, "\"w\" is not a tensor");
        for (Map.Entry<byte[], String> entry : expected.entrySet()) {
            for (Path file : List.of(zip(entry.getKey()), plain(entry.getKey()))) {
                IOException e = assertThrows(IOException.class, () -> WeightFile.read(file));
                assertTrue(e.getMessage().startsWith("Weight file " + file + ": " + entry.getValue()), e.getMessage());
            }
        }
        assertFalse(Files.exists(victim));
    }

    @Test
    void brokenFilesAreRefusedWithTheReason() throws IOException {
        byte[] pickle = stateDict("w", 7, 1, new int[] {2, 3}, new int[] {1, 2});
        byte[] whole = Files.readAllBytes(plain(pickle, 0, 1, 2, 3, 4, 5, 6));
        Path cut = Files.write(folder.resolve("cut.pth"), Arrays.copyOf(whole, whole.length - 5));
        assertEquals("Weight file " + cut + ": it is cut off: expected 28 bytes more, found 23",
                assertThrows(IOException.class, () -> WeightFile.read(cut)).getMessage());

        Path text = Files.writeString(folder.resolve("text.pth"), "not a weight file");
        assertEquals("Weight file " + text + ": expected a PyTorch .pth, a .safetensors or a Keras .h5 or .keras file; it is none of these",
                assertThrows(IOException.class, () -> WeightFile.read(text)).getMessage());

        Path other = zip(pickle, 0, 1, 2, 3, 4, 5, 6);
        assertEquals("Weight file " + other + ": expected the names of EfficientNet as torchvision, timm, EfficientNet-PyTorch or Keras"
                + " write them; found w", assertThrows(IOException.class, () -> WeightFile.read(other)).getMessage());

        Path absent = folder.resolve("absent.pth");
        assertEquals("Weight file " + absent + ": there is none of this name in " + absent.getParent(),
                assertThrows(IOException.class, () -> WeightFile.read(absent)).getMessage());
    }

    @Test
    void kerasNamesWithAndWithoutNumber() throws IOException {
        Path file = folder.resolve("weights.h5");
        try (WritableHdfFile hdf = HdfFile.write(file)) {
            hdf.putAttribute("layer_names", new String[] {"stem_conv", "block1a_dwconv"});
            WritableGroup stem = hdf.putGroup("stem_conv");
            stem.putAttribute("weight_names", new String[] {"stem_conv/kernel:0"});
            stem.putGroup("stem_conv").putDataset("kernel:0", new float[][] {{1, 2}, {3, 4}});
            WritableGroup depthwise = hdf.putGroup("block1a_dwconv");
            depthwise.putAttribute("weight_names", new String[] {"block1a_dwconv/depthwise_kernel"});
            depthwise.putGroup("block1a_dwconv").putDataset("depthwise_kernel", new float[] {5});
        }
        Map<String, Tensor> tensors = WeightFile.tensors(file);
        assertEquals(List.of("stem_conv/kernel", "block1a_dwconv/kernel"), List.copyOf(tensors.keySet()));
        assertArrayEquals(new float[] {1, 2, 3, 4}, tensors.get("stem_conv/kernel").values());
    }

    /** As Keras 3 writes it: layers grouped by class, the layer's own name in an attribute. */
    private Path keras3(String name, boolean named) throws IOException {
        Path file = folder.resolve(name);
        try (WritableHdfFile hdf = HdfFile.write(file)) {
            WritableGroup layers = hdf.putGroup("layers");
            WritableGroup conv = layers.putGroup("conv2d").putGroup("vars");
            conv.putDataset("0", new float[][] {{1, 2}, {3, 4}});
            WritableGroup norm = layers.putGroup("functional").putGroup("layers").putGroup("batch_normalization").putGroup("vars");
            for (int i = 0; i < 4; i++) {
                norm.putDataset(String.valueOf(i), new float[] {i});
            }
            if (named) {
                conv.putAttribute("name", "stem_conv");
                norm.putAttribute("name", "stem_bn");
            }
        }
        return file;
    }

    @Test
    void weightsOfKeras3AndItsArchive() throws IOException {
        Path plain = keras3("model.weights.h5", true);
        Path archive = TinyFaces.zip(folder.resolve("model.keras"),
                Map.of("config.json", new byte[0], "model.weights.h5", Files.readAllBytes(plain)));
        for (Path file : List.of(plain, archive)) {
            Map<String, Tensor> tensors = WeightFile.tensors(file);
            assertEquals(Set.of("stem_conv/kernel", "layers/functional/stem_bn/gamma", "layers/functional/stem_bn/beta",
                    "layers/functional/stem_bn/moving_mean", "layers/functional/stem_bn/moving_variance"),
                    tensors.keySet());
            assertArrayEquals(new long[] {2, 2}, tensors.get("stem_conv/kernel").shape());
            assertArrayEquals(new float[] {3}, tensors.get("layers/functional/stem_bn/moving_variance").values());
        }
        Path nameless = keras3("nameless.weights.h5", false);
        assertTrue(refusal(nameless).endsWith("/vars/ does not say which layer it is, as Keras before 3.6 leaves it out; in Python,"
                + " keras.models.load_model(\"model.keras\").save(\"weights.h5\") writes a form that does"), refusal(nameless));
    }

    private static String refusal(Path file) {
        return assertThrows(IOException.class, () -> WeightFile.read(file)).getMessage();
    }

    // ---- files as torch.save writes them

    static byte[] stateDict(String name, int elements, int offset, int[] size, int[] stride) {
        return new Pickle().global("collections", "OrderedDict").raw(')', 'R').mark().text(name)
                .tensor("FloatStorage", "0", elements, offset, size, stride).raw('u', '.').bytes();
    }

    /** A checkpoint's pickle: a state dict with one row of numbers, within what training programs put beside it. */
    private static byte[] checkpoint(String key, String name, String type, int elements, boolean parameter) {
        Pickle p = new Pickle().raw('}').mark().text("epoch").number(3).text("loss").raw('G').raw(new int[8])
                .text("args").global("argparse", "Namespace").raw(')', 0x81, '}').text("lr").number(1).raw('s', 'b')
                .text("scores").global("mine", "Scores").raw(')', 0x81).mark().text("best").number(1).raw('u')
                .text("optimizer").raw('}').text("step").tensor("DoubleStorage", "7", 1, 0, new int[0], new int[0]).raw('s')
                .text(key).global("collections", "OrderedDict").raw(')', 'R').text(name);
        if (parameter) {
            p.global("torch._utils", "_rebuild_parameter").mark();
        }
        p.tensor(type, "0", elements, 0, new int[] {elements}, new int[] {1});
        if (parameter) {
            p.raw(0x88).global("collections", "OrderedDict").raw(')', 'R', 't', 'R');
        }
        return p.raw('s', 'u', '.').bytes();
    }

    private static byte[] little(int... shorts) {
        ByteBuffer buffer = ByteBuffer.allocate(Short.BYTES * shorts.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int n : shorts) {
            buffer.putShort((short) n);
        }
        return buffer.array();
    }

    @Test
    void theStateDictWithinACheckpoint() throws IOException {
        for (String key : List.of("state_dict", "model", "model_state_dict", "net")) {
            for (boolean parameter : new boolean[] {false, true}) {
                Tensor w = WeightFile.tensors(zip(checkpoint(key, "w", "FloatStorage", 2, parameter), 1.5f, -2)).get("w");
                assertArrayEquals(new float[] {1.5f, -2}, w.values());
            }
        }
        Path other = zip(checkpoint("other", "w", "FloatStorage", 1, false), 1);
        assertTrue(refusal(other).contains("\" is not a tensor: expected a state dict, alone or in a checkpoint under state_dict, "), refusal(other));
    }

    @Test
    void namesBehindAPrefix() throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            for (String prefix : List.of("module.", "model._orig_mod.")) {
                Path file = safetensors(new EfficientNet(manager, Variant.TORCHVISION), Layout.TORCHVISION,
                        arrays -> arrays.forEach(a -> a.setName(prefix + a.getName())));
                WeightFile.read(file).load(manager, Variant.TORCHVISION);
            }
        }
    }

    @Test
    void everyTypeOfNumber() throws IOException {
        // 1.5, -0.25, the smallest and the largest half, infinity
        byte[] halves = little(0x3e00, 0xb400, 0x0001, 0x7bff, 0x7c00);
        Path half = zip(checkpoint("model", "w", "HalfStorage", 5, true), halves);
        assertArrayEquals(new float[] {1.5f, -0.25f, 0x1p-24f, 65504, Float.POSITIVE_INFINITY}, WeightFile.tensors(half).get("w").values());
        Path brain = zip(checkpoint("model", "w", "BFloat16Storage", 2, true), little(0x3fc0, 0xc000));
        assertArrayEquals(new float[] {1.5f, -2}, WeightFile.tensors(brain).get("w").values());
        Path twice = zip(checkpoint("model", "w", "DoubleStorage", 1, true),
                ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(2.5).array());
        assertArrayEquals(new float[] {2.5f}, WeightFile.tensors(twice).get("w").values());

        Path safe = safetensors("{\"a\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[0,4]},\"__metadata__\":{\"format\":\"pt\"},"
                + "\"b\":{\"dtype\":\"F16\",\"shape\":[1,1],\"data_offsets\":[4,6]}}", little(0x3fc0, 0xc000, 0xb400));
        assertArrayEquals(new float[] {1.5f, -2}, WeightFile.tensors(safe).get("a").values());
        assertArrayEquals(new float[] {-0.25f}, WeightFile.tensors(safe).get("b").values());
        try (NDManager manager = NDManager.newBaseManager()) { // the engine's own reader ends the JVM here
            assertArrayEquals(new float[] {1.5f, -2}, SafetensorsFile.arrays(manager, Files.readAllBytes(safe)).get("a").toFloatArray());
        }
    }

    @Test
    void theLaterPickleProtocols() throws IOException {
        byte[] pickle = new Pickle().raw(0x95).raw(new int[8]).brief("collections").brief("OrderedDict").raw(0x93, ')', 'R', 0x94)
                .brief("w").tensor("FloatStorage", "0", 1, 0, new int[] {1}, new int[] {1}).raw('s', '.').bytes();
        pickle[1] = 4;
        assertArrayEquals(new float[] {7}, WeightFile.tensors(zip(pickle, 7)).get("w").values());
    }

    private Path safetensors(String header, byte[] numbers) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + text.length + numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        return Files.write(folder.resolve("made.safetensors"), file.putLong(text.length).put(text).put(numbers).array());
    }

    /** Small files that declare or unpack to gigabytes. */
    @Test
    void sizesAreCheckedBeforeMemoryIsTaken() throws IOException {
        int many = 500_000_000;
        byte[] declared = new Pickle().raw('X', 0, 0, 0, 0x70).raw('.').bytes();
        byte[] expanded = stateDict("w", 1, 0, new int[] {many}, new int[] {0});
        for (byte[] pickle : List.of(declared, expanded)) {
            for (Path file : List.of(zip(pickle, 1), plain(pickle, 1))) {
                assertTrue(refusal(file).contains(pickle == declared ? "declares a text of 1879048192 bytes" : "tensor w: found more than "),
                        refusal(file));
            }
        }
        Path storage = plain(stateDict("w", many, 0, new int[] {1}, new int[] {1}), 1);
        byte[] content = Files.readAllBytes(storage);
        ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).putLong(content.length - 12, many);
        Files.write(storage, content);
        assertTrue(refusal(storage).contains(": storage 0: found more than "), refusal(storage));

        byte[] pickle = "}".repeat(20_000_000).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(new byte[] {(byte) 0x80, 2}, 0, pickle, 0, 2);
        Path bomb = TinyFaces.zip(folder.resolve("bomb.pth"), Map.of("archive/data.pkl", pickle));
        assertTrue(Files.size(bomb) < 1 << 16);
        assertEquals("Weight file " + bomb + ": its pickle: found more than 4 MB, the most that is taken into memory for it here;"
                + " get it again or leave some of it out", refusal(bomb));

        for (String shape : List.of("[" + many + "]", "[1099511627776]", "[-1]")) {
            String said = refusal(safetensors("{\"w\":{\"dtype\":\"F32\",\"shape\":" + shape + ",\"data_offsets\":[0,"
                    + 4L * many + "]}}", new byte[8]));
            assertTrue(said.contains("tensor w: found more than ") || said.contains("No tensor can have the shape"), said);
        }
        Path header = Files.write(folder.resolve("header.safetensors"), new byte[] {0, 0, 0, 0x70, 0, 0, 0, 0, '{'});
        assertTrue(refusal(header).contains(": its header: found more than "), refusal(header));
    }

    @Test
    void anArrayOfHdf5ThatIsLargerThanItsFile() {
        Path file = Path.of("lib/src/test/resources/hdf5/declared.h5");
        assertTrue(refusal(file).startsWith("Weight file " + file + ": 0: found more than "), refusal(file));
    }

    @Test
    void whatAFileIsInPlaceOfWeights() throws IOException {
        Path pointer = Files.writeString(folder.resolve("model.safetensors"), "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n");
        assertEquals("Weight file " + pointer + ": expected a PyTorch .pth, a .safetensors or a Keras .h5 or .keras file; it is a Git LFS pointer"
                + " in place of the file; run git lfs pull where it was cloned, or download the file itself", refusal(pointer));
    }

    private Path zip(byte[] pickle, float... numbers) throws IOException {
        return zip(pickle, bytes(numbers));
    }

    private Path zip(byte[] pickle, byte[] numbers) throws IOException {
        return zip(folder, pickle, numbers);
    }

    static Path zip(Path folder, byte[] pickle, byte[] numbers) throws IOException {
        return TinyFaces.zip(folder.resolve("zip.pth"), Map.of("archive/data.pkl", pickle, "archive/data/0", numbers));
    }

    private Path plain(byte[] pickle, float... numbers) throws IOException {
        return plain(folder, pickle, numbers);
    }

    static Path plain(Path folder, byte[] pickle, float... numbers) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(new byte[] {(byte) 0x80, 2, (byte) 0x8a, 10, 0x6c, (byte) 0xfc, (byte) 0x9c, 0x46, (byte) 0xf9, 0x20, 0x6a, (byte) 0xa8, 0x50, 0x19,
            '.'});
        out.write(new byte[] {(byte) 0x80, 2, 'M', (byte) 0xe9, 3, '.'});
        out.write(new Pickle().raw('}').text("little_endian").raw(0x88, 's', '.').bytes());
        out.write(pickle);
        out.write(new Pickle().raw(']').text("0").raw('a', '.').bytes());
        out.write(ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(numbers.length).array());
        out.write(bytes(numbers));
        return Files.write(folder.resolve("plain.pth"), out.toByteArray());
    }

    private static byte[] bytes(float[] numbers) {
        ByteBuffer buffer = ByteBuffer.allocate(Float.BYTES * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float n : numbers) {
            buffer.putFloat(n);
        }
        return buffer.array();
    }

    /** Writes the few instructions of pickle protocol 2 that these tests need. */
    private static final class Pickle {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Pickle() {
            raw(0x80, 2);
        }

        Pickle raw(int... opcodes) {
            for (int opcode : opcodes) {
                out.write(opcode);
            }
            return this;
        }

        Pickle line(String text) {
            out.writeBytes((text + "\n").getBytes(StandardCharsets.UTF_8));
            return this;
        }

        Pickle global(String module, String name) {
            return raw('c').line(module).line(name);
        }

        Pickle mark() {
            return raw('(');
        }

        Pickle text(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            raw('X');
            out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(utf8.length).array());
            out.writeBytes(utf8);
            return this;
        }

        Pickle brief(String text) {
            raw(0x8c, text.length());
            out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
            return this;
        }

        Pickle tensor(String type, String key, int elements, int offset, int[] size, int[] stride) {
            global("torch._utils", "_rebuild_tensor_v2").mark();
            mark().text("storage").global("torch", type).text(key).text("cpu").number(elements).raw('t', 'Q').number(offset);
            for (int[] numbers : new int[][] {size, stride}) {
                mark();
                for (int n : numbers) {
                    number(n);
                }
                raw('t');
            }
            return raw(0x89).global("collections", "OrderedDict").raw(')', 'R', 't', 'R');
        }

        Pickle number(int number) {
            raw('J');
            out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(number).array());
            return this;
        }

        byte[] bytes() {
            return out.toByteArray();
        }
    }
}
