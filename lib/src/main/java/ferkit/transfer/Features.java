package ferkit.transfer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import ferkit.data.FaceSet;
import ferkit.data.Faces;
import ferkit.data.Split;
import ferkit.data.file.AtomicFile;
import ferkit.model.Gradients;
import ferkit.train.Examples;
import ferkit.train.Stoppable;
import ferkit.train.Training;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/**
 * What a {@link FrozenTrunk} makes of the images of one split, computed once and kept on disk in half precision.
 * Each data set and trunk has its own folder of pieces of 128 images, each written whole and with a checksum, so that an
 * interrupted computation continues with the pieces that are missing. A damaged piece is computed again.
 */
public final class Features implements Examples {
    private static final int PIECE = 128;
    private static final float LARGEST_HALF = 65504;

    /** Told after each batch how many images of the split are done; called by one thread at a time. */
    @FunctionalInterface
    public interface Listener {
        void images(int done, int of);
    }

    private final Faces faces;
    private final Shape shape;
    private final List<byte[]> pieces;
    private final int bytes;

    private Features(Faces faces, Shape shape, List<byte[]> pieces) {
        this.faces = faces;
        this.shape = shape;
        this.pieces = pieces;
        this.bytes = Math.toIntExact(shape.size() * Short.BYTES);
    }

    /**
     * Loads the features of one split and computes what is missing. Each thread works on images of its own:
     * on two busy cores that was measured at 26 images a second, against 11 with both on the same images.
     *
     * @param cache folder in which the features' own folder is made
     * @param threads that compute; also how many the engine uses afterwards
     * @throws InterruptedException if the thread was interrupted; finished pieces are kept, call again to continue
     * @throws IOException if the cache cannot be written or the weights do not fit
     */
    public static Features of(FaceSet data, Split split, FrozenTrunk trunk, Path cache, int threads, Listener listener)
            throws IOException, InterruptedException {
        Faces faces = data.split(split);
        Path folder = Files.createDirectories(cache.resolve(data.hash().substring(0, 16) + "-" + trunk.key()));
        try (Stoppable work = new Stoppable();
                NDManager manager = NDManager.newBaseManager()) {
            Block lower = trunk.weights().load(manager, trunk.variant()).lower(trunk.stage());
            Shape shape = trunk.outputShape(lower);
            List<Piece> plan = new ArrayList<>();
            for (int from = 0; from < faces.size(); from += PIECE) {
                String name = String.format(Locale.ROOT, "%s-%05d.f16", split.usage(), from);
                plan.add(new Piece(folder.resolve(name), data.hash() + " " + trunk.weights().sha256() + " " + trunk.key() + " " + name,
                        IntStream.range(from, Math.min(from + PIECE, faces.size())).toArray(), shape));
            }
            List<byte[]> pieces = new ArrayList<>();
            for (Piece piece : plan) {
                pieces.add(piece.read());
            }
            if (pieces.contains(null)) {
                compute(plan, pieces, threads, new Work(manager, lower, trunk, faces), listener);
            }
            return new Features(faces, shape, pieces);
        }
    }

    /** Fills the gaps in {@code pieces}. */
    private static void compute(List<Piece> plan, List<byte[]> pieces, int threads, Work work, Listener listener)
            throws IOException, InterruptedException {
        int of = work.faces().size();
        AtomicInteger done = new AtomicInteger();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<byte[]>> results = new ArrayList<>();
            for (int p = 0; p < plan.size(); p++) {
                Piece piece = plan.get(p);
                if (pieces.get(p) != null) {
                    done.addAndGet(piece.indices().length);
                    results.add(null);
                    continue;
                }
                results.add(pool.submit(() -> {
                    JniUtils.setNumThreads(1);
                    Gradients.off();
                    byte[] content = work.on(piece.indices(), images -> {
                        synchronized (done) {
                            listener.images(done.addAndGet(images), of);
                        }
                    });
                    piece.write(content);
                    return content;
                }));
            }
            for (int p = 0; p < plan.size(); p++) {
                if (results.get(p) != null) {
                    pieces.set(p, results.get(p).get());
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IllegalStateException("Features could not be computed: " + e.getCause().getMessage(), e.getCause());
        } finally {
            finish(pool, threads);
        }
    }

    /**
     * Images per second that a trunk gets through, measured on so many images for each thread, after a first batch.
     *
     * @param threads that compute side by side, as {@link #of} has them
     */
    public static double speed(FrozenTrunk trunk, Faces faces, int images, int threads) throws IOException, InterruptedException {
        int[] some = IntStream.range(0, images).map(i -> i % faces.size()).toArray();
        try (Stoppable stoppable = new Stoppable();
                NDManager manager = NDManager.newBaseManager()) {
            Work work = new Work(manager, trunk.weights().load(manager, trunk.variant()).lower(trunk.stage()), trunk, faces);
            return speed(work, some, threads);
        }
    }

    private static double speed(Work work, int[] images, int threads) throws InterruptedException {
        CyclicBarrier start = new CyclicBarrier(threads);
        List<Future<Double>> seconds = new ArrayList<>();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            for (int t = 0; t < threads; t++) {
                seconds.add(pool.submit(() -> {
                    JniUtils.setNumThreads(1);
                    Gradients.off();
                    work.on(Arrays.copyOf(images, Math.min(FrozenTrunk.BATCH, images.length)), n -> {});
                    start.await();
                    long begin = System.nanoTime();
                    work.on(images, n -> {});
                    return (System.nanoTime() - begin) / 1e9;
                }));
            }
            double slowest = 0;
            for (Future<Double> s : seconds) {
                slowest = Math.max(slowest, s.get());
            }
            return threads * images.length / slowest;
        } catch (ExecutionException e) {
            throw new IllegalStateException("The trunk's speed could not be measured: " + e.getCause().getMessage(), e.getCause());
        } finally {
            finish(pool, threads);
        }
    }

    private static void finish(ExecutorService pool, int threads) throws InterruptedException {
        pool.shutdownNow();
        pool.awaitTermination(1, TimeUnit.MINUTES);
        JniUtils.setNumThreads(threads);
    }

    /** The computation that all threads share. */
    private record Work(NDManager manager, Block lower, FrozenTrunk trunk, Faces faces) {
        byte[] on(int[] indices, IntConsumer listener) throws InterruptedException {
            ByteBuffer halves = null;
            for (int[] batch : Training.batches(indices, FrozenTrunk.BATCH)) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("The computation of features was interrupted");
                }
                try (NDManager scope = manager.newSubManager()) {
                    NDList images = new NDList(trunk.images(scope, faces, batch));
                    NDArray features = lower.forward(new ParameterStore(scope, false), images, false).singletonOrThrow();
                    if (!(features.abs().max().getFloat() <= LARGEST_HALF)) {
                        throw new ArithmeticException("a feature is not a number of half precision (above 65504 or NaN): "
                                + "are these weights trained and scaled as " + trunk.variant().title() + " expects?");
                    }
                    ByteBuffer part = features.toType(DataType.FLOAT16, false).toByteBuffer();
                    if (halves == null) {
                        halves = ByteBuffer.allocate(part.remaining() / batch.length * indices.length);
                    }
                    halves.put(part);
                }
                listener.accept(batch.length);
            }
            return halves.array();
        }
    }

    /** A file of features: key, then the numbers in the order of axes, little-endian, then a checksum of the numbers. */
    private record Piece(Path file, String key, int[] indices, Shape shape) {
        /** The numbers, or null if the file is missing, damaged or of other data. */
        byte[] read() throws IOException {
            if (!Files.exists(file)) {
                return null;
            }
            ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(file));
            byte[] start = key.getBytes(StandardCharsets.UTF_8);
            byte[] numbers = new byte[Math.toIntExact(indices.length * shape.size() * Short.BYTES)];
            if (content.remaining() != start.length + numbers.length + Long.BYTES) {
                return null;
            }
            byte[] found = new byte[start.length];
            content.get(found).get(numbers);
            return Arrays.equals(found, start) && content.getLong() == checksum(numbers) ? numbers : null;
        }

        void write(byte[] numbers) throws IOException {
            AtomicFile.write(file, out -> {
                DataOutputStream data = new DataOutputStream(out);
                data.write(key.getBytes(StandardCharsets.UTF_8));
                data.write(numbers);
                data.writeLong(checksum(numbers));
                data.flush();
            });
        }

        private static long checksum(byte[] numbers) {
            CRC32 crc = new CRC32();
            crc.update(numbers);
            return crc.getValue();
        }
    }

    /** Shape of one image's features. */
    public Shape shape() {
        return shape;
    }

    @Override
    public int size() {
        return faces.size();
    }

    @Override
    public int label(int index) {
        return faces.label(index);
    }

    @Override
    public Optional<float[]> shares(int index) {
        return faces.shares(index);
    }

    @Override
    public NDArray batch(NDManager manager, int[] indices) {
        byte[] rows = new byte[indices.length * bytes];
        for (int i = 0; i < indices.length; i++) {
            System.arraycopy(pieces.get(indices[i] / PIECE), indices[i] % PIECE * bytes, rows, i * bytes, bytes);
        }
        Shape all = new Shape(indices.length).addAll(shape);
        try (NDArray halves = manager.create(ByteBuffer.wrap(rows), all, DataType.FLOAT16)) {
            return halves.toType(DataType.FLOAT32, true);
        }
    }
}
