package ferkit.model.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ferkit.model.EfficientNet;
import ferkit.model.EfficientNet.Place;
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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What weight files are accepted, what is refused, and with which words. */
class WeightFileTest {
    @TempDir
    Path folder;

    /** A file of all tensors of a random trunk under a layout's names, after a change. */
    private Path safetensors(NDManager manager, EfficientNet net, Layout layout, Consumer<NDList> change) throws IOException {
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
                Path file = safetensors(manager, net, layout, arrays -> {});
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
            Path file = safetensors(manager, new EfficientNet(manager, Variant.TORCHVISION), Layout.TORCHVISION, arrays -> {
                arrays.get("features.8.0.weight").setName("features.9.0.weight");
                NDArray wide = arrays.get("features.0.1.weight").reshape(16, 2);
                wide.setName("features.0.1.weight");
                arrays.removeIf(a -> a.getName().equals("features.0.1.weight"));
                arrays.add(wide);
            });
            IOException e = assertThrows(IOException.class, () -> WeightFile.read(file).load(manager));
            assertEquals("Weight file " + file + " does not fit EfficientNet-B0 (torchvision): 1 missing (features.8.0.weight)"
                    + " 1 unknown (features.9.0.weight) 1 of another shape (features.0.1.weight [16, 2] instead of [32])", e.getMessage());
        }
    }

    @Test
    void aTimmFileOfUnknownHashNeedsItsVariantNamed() throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            WeightFile file = WeightFile.read(safetensors(manager, new EfficientNet(manager, Variant.TIMM), Layout.TIMM, arrays -> {}));
            assertTrue(file.variant().isEmpty());
            IOException e = assertThrows(IOException.class, () -> file.load(manager));
            assertTrue(e.getMessage().endsWith("is not known. Name the variant: Variant.TIMM or Variant.TIMM_TF"), e.getMessage());
            assertEquals(Variant.TIMM_TF, file.load(manager, Variant.TIMM_TF).variant());
        }
        assertEquals(Variant.TIMM_TF, Publication.timmVariant("bc97e48e1360ee9d9c9d8a39ad2fb9b85ad150eb89d6fc69cd0f08301b5e0b3e").orElseThrow());
    }

    @Test
    void stridesAreHeeded() throws IOException {
        // a 2×3 tensor that lies transposed in its storage, from the second number on
        byte[] pickle = stateDict("w", 7, 1, new int[] {2, 3}, new int[] {1, 2});
        Map<String, Tensor> zip = TorchFile.readZip(zip(pickle, 0, 1, 2, 3, 4, 5, 6));
        assertArrayEquals(new long[] {2, 3}, zip.get("w").shape());
        assertArrayEquals(new float[] {1, 3, 5, 2, 4, 6}, zip.get("w").values());
        assertArrayEquals(new float[] {1, 3, 5, 2, 4, 6}, TorchFile.readPlain(plain(pickle, 0, 1, 2, 3, 4, 5, 6)).get("w").values());
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
        Map<byte[], String> expected = Map.of(call, "it names posix.system", instance, "it has the instruction 0x69",
                stacked, "it has the instruction 0x93", known, "it names operator.attrgetter",
                build, "torch.FloatStorage is called");
        for (Map.Entry<byte[], String> entry : expected.entrySet()) {
            for (Path file : List.of(zip(entry.getKey()), plain(entry.getKey()))) {
                IOException e = assertThrows(IOException.class, () -> WeightFile.read(file));
                assertTrue(e.getMessage().startsWith("Weight file " + file + ": its pickle is refused: " + entry.getValue()), e.getMessage());
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
        assertEquals("Weight file " + text + ": expected a PyTorch .pth, a .safetensors or a Keras .h5 file; it is none of these",
                assertThrows(IOException.class, () -> WeightFile.read(text)).getMessage());

        Path other = zip(pickle, 0, 1, 2, 3, 4, 5, 6);
        assertEquals("Weight file " + other + ": expected the names of EfficientNet as torchvision, timm, EfficientNet-PyTorch or Keras"
                + " write them; found w", assertThrows(IOException.class, () -> WeightFile.read(other)).getMessage());

        Path absent = folder.resolve("absent.pth");
        assertEquals("Weight file " + absent + ": it cannot be read (NoSuchFileException)",
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
        Map<String, Tensor> tensors = KerasFile.read(file);
        assertEquals(List.of("stem_conv/kernel", "block1a_dwconv/kernel"), List.copyOf(tensors.keySet()));
        assertArrayEquals(new float[] {1, 2, 3, 4}, tensors.get("stem_conv/kernel").values());
    }

    // ---- files as torch.save writes them

    private static byte[] stateDict(String name, int elements, int offset, int[] size, int[] stride) {
        Pickle p = new Pickle().global("collections", "OrderedDict").raw(')', 'R').mark().text(name)
                .global("torch._utils", "_rebuild_tensor_v2").mark()
                .mark().text("storage").global("torch", "FloatStorage").text("0").text("cpu").number(elements).raw('t', 'Q')
                .number(offset).mark();
        for (int n : size) {
            p.number(n);
        }
        p.raw('t').mark();
        for (int n : stride) {
            p.number(n);
        }
        return p.raw('t', 0x89).global("collections", "OrderedDict").raw(')', 'R', 't', 'R', 'u', '.').bytes();
    }

    private Path zip(byte[] pickle, float... numbers) throws IOException {
        Path file = folder.resolve("zip.pth");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
            out.putNextEntry(new ZipEntry("archive/data.pkl"));
            out.write(pickle);
            out.putNextEntry(new ZipEntry("archive/data/0"));
            out.write(bytes(numbers));
        }
        return file;
    }

    private Path plain(byte[] pickle, float... numbers) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(new byte[] {(byte) 0x80, 2, (byte) 0x8a, 10, 0x6c, (byte) 0xfc, (byte) 0x9c, 0x46, (byte) 0xf9, 0x20, 0x6a, (byte) 0xa8, 0x50, 0x19, '.'});
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
