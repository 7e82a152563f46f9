package ferkit.data.cache;

import ferkit.data.Classes;
import ferkit.data.FaceSet;
import ferkit.data.Faces;
import ferkit.data.Format;
import ferkit.data.Origin;
import ferkit.data.Split;
import ferkit.data.file.AtomicFile;
import ferkit.data.file.Hashes;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/**
 * Keeps data sets that were read once, one file for each source, so that the next start takes a fraction of a second.
 * A file names the state of its source (sizes, times of change) and the version of what read it, and ends with a CRC-32C over all its bytes, which is
 * checked whenever it is loaded.
 */
public final class Cache {
    private static final byte[] FORMAT = "ferkit faces 2\n".getBytes(StandardCharsets.US_ASCII);

    /** Part of a source's state; to be raised when a source may be read into other images, labels, splits or notes than before. */
    private static final String READER = "reader 6 ";

    private final Path folder;
    private final Consumer<String> log;

    /** A cache in this folder, which is made when first needed; messages go to {@code log}. */
    public Cache(Path folder, Consumer<String> log) {
        this.folder = folder;
        this.log = log;
    }

    /**
     * The data set kept for a source, or empty if there is none, the source is in another state now, another version read it, or the file is
     * damaged, which a message says.
     */
    public Optional<FaceSet> load(Path source, String state) {
        Path file = file(source);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (FileChannel channel = FileChannel.open(file)) {
            return read(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()), state);
        } catch (IOException | RuntimeException e) {
            log.accept("The cache " + file + " cannot be used (" + e.getMessage() + "): reading the data set again");
            return Optional.empty();
        }
    }

    /** Keeps a data set; where the folder cannot be written, says so and carries on. */
    public void store(Path source, String state, FaceSet faces) {
        Path file = file(source);
        try {
            Files.createDirectories(folder);
            AtomicFile.write(file, out -> write(out, state, faces));
        } catch (IOException e) {
            log.accept("No cache: " + file + " cannot be written (" + e + "), so the data set is read anew each time");
        }
    }

    /** A data set as the bytes that a file of a cache has, for another machine: {@link #unpacked} reads them. */
    public static byte[] packed(FaceSet faces) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            write(out, "", faces);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory takes all
        }
        return out.toByteArray();
    }

    /**
     * The data set that {@link #packed} made bytes of.
     *
     * @param hash that its images must have, computed anew
     * @throws IOException if the bytes are damaged, or of other images or another version of the kit
     */
    public static FaceSet unpacked(byte[] bytes, String hash) throws IOException {
        FaceSet faces = read(ByteBuffer.wrap(bytes), "").orElseThrow(() -> new IOException("The data set was sent by another version of the kit"));
        FaceSet hashed = new FaceSet(faces.origin(), faces.training(), faces.validation(), faces.test());
        if (!hashed.hash().equals(hash)) {
            throw new IOException("The data set arrived with hash " + hashed.hash() + ", but hash " + hash + " was sent");
        }
        return hashed;
    }

    private static void write(OutputStream out, String state, FaceSet faces) throws IOException {
        CheckedOutputStream checked = new CheckedOutputStream(out, new CRC32C());
        DataOutputStream data = new DataOutputStream(checked);
        data.write(FORMAT);
        write(data, READER + state);
        write(data, faces.hash());
        write(data, faces.origin().kind().name());
        write(data, faces.origin().title());
        data.writeInt(faces.origin().notes().size());
        for (String note : faces.origin().notes()) {
            write(data, note);
        }
        data.writeInt(faces.classes().count());
        for (int label = 0; label < faces.classes().count(); label++) {
            write(data, faces.classes().title(label));
            write(data, String.join("\n", faces.classes().spellings().get(label)));
        }
        data.writeInt(faces.format().channels());
        data.writeInt(faces.format().height());
        data.writeInt(faces.format().width());
        for (Split split : Split.values()) {
            write(data, faces.split(split));
        }
        data.writeLong(checked.getChecksum().getValue());
    }

    private static Optional<FaceSet> read(ByteBuffer in, String state) throws IOException {
        if (in.remaining() < FORMAT.length + Long.BYTES || !Arrays.equals(bytes(in, FORMAT.length), FORMAT)) {
            throw new IOException("it is empty or of another format");
        }
        CRC32C checksum = new CRC32C();
        int body = in.limit() - Long.BYTES;
        checksum.update(in.duplicate().position(0).limit(body));
        if (checksum.getValue() != in.getLong(body)) {
            throw new IOException("its checksum does not fit its content");
        }
        if (!text(in).equals(READER + state)) {
            return Optional.empty();
        }
        String hash = text(in);
        Origin.Kind kind = Origin.Kind.valueOf(text(in));
        String title = text(in);
        List<String> notes = new ArrayList<>();
        for (int count = in.getInt(); count > 0; count--) {
            notes.add(text(in));
        }
        List<String> titles = new ArrayList<>();
        List<List<String>> spellings = new ArrayList<>();
        for (int count = in.getInt(); count > 0; count--) {
            titles.add(text(in));
            spellings.add(text(in).lines().toList());
        }
        Classes classes = new Classes(titles, spellings);
        Format format = new Format(in.getInt(), in.getInt(), in.getInt());
        List<Faces> splits = new ArrayList<>();
        for (int i = 0; i < Split.values().length; i++) {
            byte[] labels = bytes(in, in.getInt());
            Faces faces = new Faces(classes, format, bytes(in, labels.length * format.size()), labels);
            splits.add(in.get() == 0 ? faces : faces.withShares(shares(in, labels.length, classes.count())));
        }
        return Optional.of(new FaceSet(new Origin(kind, title, notes), splits.get(0), splits.get(1), splits.get(2), hash));
    }

    private static float[][] shares(ByteBuffer in, int images, int classes) {
        float[][] shares = new float[images][classes];
        for (float[] row : shares) {
            in.asFloatBuffer().get(row);
            in.position(in.position() + classes * Float.BYTES);
        }
        return shares;
    }

    private static byte[] bytes(ByteBuffer in, int size) throws IOException {
        if (size < 0 || size > in.remaining()) {
            throw new IOException("it says to go on for " + size + " bytes and does not");
        }
        byte[] bytes = new byte[size];
        in.get(bytes);
        return bytes;
    }

    private static String text(ByteBuffer in) throws IOException {
        return new String(bytes(in, in.getInt()), StandardCharsets.UTF_8);
    }

    private static void write(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static void write(DataOutputStream out, Faces faces) throws IOException {
        out.writeInt(faces.size());
        out.write(faces.labels());
        for (int i = 0; i < faces.size(); i++) {
            out.write(faces.pixels(i));
        }
        boolean shared = faces.size() > 0 && faces.shares(0).isPresent();
        out.writeBoolean(shared);
        for (int i = 0; shared && i < faces.size(); i++) {
            for (float share : faces.shares(i).get()) {
                out.writeFloat(share);
            }
        }
    }

    private Path file(Path source) {
        byte[] digest = Hashes.sha256().digest(source.toString().getBytes(StandardCharsets.UTF_8));
        return folder.resolve("faces-" + HexFormat.of().formatHex(digest, 0, 8) + ".bin");
    }
}
