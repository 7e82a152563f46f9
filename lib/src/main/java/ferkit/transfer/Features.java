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
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
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
     * @param listener told after each batch how many images of the split are done; called by one thread at a time
     * @throws InterruptedException if the thread was interrupted; finished pieces are kept, call again to continue
     * @throws IOException if the cache cannot be written or the weights do not fit
     */
    public static Features of(FaceSet data, Split split, FrozenTrunk trunk, Path cache, int threads, IntConsumer listener)
            throws IOException, InterruptedException {
        Faces faces = data.split(split);
        Path folder = Files.createDirectories(cache.resolve(data.hash().substring(0, 16) + "-" + trunk.key()));
        try (Stoppable stoppable = new Stoppable();
                NDManager manager = NDManager.newBaseManager()) {
            Work work = new Work(manager, trunk.weights().load(manager, trunk.variant()).lower(trunk.stage()), trunk, faces);
            Shape shape = trunk.outputShape(work.lower());
            AtomicInteger done = new AtomicInteger();
            List<Callable<byte[]>> pieces = new ArrayList<>();
            for (int from = 0; from < faces.size(); from += PIECE) {
                String name = String.format(Locale.ROOT, "%s-%05d.f16", split.usage(), from);
                Piece piece = new Piece(folder.resolve(name), data.hash() + " " + trunk.weights().sha256() + " " + trunk.key() + " " + name,
                        IntStream.range(from, Math.min(from + PIECE, faces.size())).toArray(), shape);
                pieces.add(() -> {
                    byte[] stored = piece.read();
                    if (stored != null) {
                        done.addAndGet(piece.indices().length);
                        return stored;
                    }
                    byte[] computed = work.on(piece.indices(), images -> {
                        synchronized (done) {
                            listener.accept(done.addAndGet(images));
                        }
                    });
                    piece.write(computed);
                    return computed;
                });
            }
            return new Features(faces, shape, inThreads(threads, pieces, "Features could not be computed"));
        }
    }

    /** The results of some work, each computed by a thread of its own of the engine; {@code otherwise} begins the message if one fails. */
    private static <T> List<T> inThreads(int threads, List<Callable<T>> work, String otherwise) throws IOException, InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<T>> futures = work.stream().map(one -> pool.submit(() -> {
                JniUtils.setNumThreads(1);
                Gradients.off();
                return one.call();
            })).toList();
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get());
            }
            return results;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IllegalStateException(otherwise + ": " + e.getCause().getMessage(), e.getCause());
        } finally {
            pool.shutdownNow();
            pool.awaitTermination(1, TimeUnit.MINUTES);
            JniUtils.setNumThreads(threads);
        }
    }

    /**
     * Images per second that a trunk gets through, measured on so many images for each thread, after a first batch.
     *
     * @param threads that compute side by side, as {@link #of} has them
     */
    public static double speed(FrozenTrunk trunk, Faces faces, int images, int threads) throws IOException, InterruptedException {
        int[] some = IntStream.range(0, images).map(i -> i % faces.size()).toArray();
        CyclicBarrier start = new CyclicBarrier(threads);
        try (Stoppable stoppable = new Stoppable();
                NDManager manager = NDManager.newBaseManager()) {
            Work work = new Work(manager, trunk.weights().load(manager, trunk.variant()).lower(trunk.stage()), trunk, faces);
            List<Double> seconds = inThreads(threads, Collections.nCopies(threads, () -> {
                work.on(Arrays.copyOf(some, Math.min(FrozenTrunk.BATCH, images)), n -> {});
                start.await();
                long begin = System.nanoTime();
                work.on(some, n -> {});
                return (System.nanoTime() - begin) / 1e9;
            }), "The trunk's speed could not be measured");
            return threads * images / Collections.max(seconds);
        }
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
