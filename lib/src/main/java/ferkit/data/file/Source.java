package ferkit.data.file;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipException;

/** Reading files and folders, those within a zip archive too, with sentences for what can go wrong. */
public final class Source {
    /** How Linux and macOS call a symbolic link that leads to itself. */
    private static final String LINK_LOOP = "Too many levels of symbolic links";

    /** Folders of Synology, QNAP, Windows and Linux that lie beside or among other people's images, in lower case. */
    private static final Set<String> SYSTEM_FOLDERS = Set.of("@eadir", "@tmp", "#recycle", "#snapshot", "@recycle", "@recently-snapshot",
            "$recycle.bin", "system volume information", "lost+found");

    /** So many bytes at the beginning of a file tell what it is. */
    public static final int PEEK = 1 << 12;

    private Source() {}

    /** What is in a folder, by name, without {@link #clutter}. */
    public static List<Path> children(Path folder) throws IOException {
        try (var entries = Files.list(folder)) {
            return entries.filter(path -> !clutter(path)).sorted().toList();
        }
    }

    /** Whether the last part of a path is no data of the user's: hidden, or a folder that a system or a NAS keeps for itself. */
    public static boolean clutter(Path path) {
        String name = path.getFileName().toString();
        return name.startsWith(".") || name.startsWith("__MACOSX") || SYSTEM_FOLDERS.contains(name.replace("/", "").toLowerCase(Locale.ROOT));
    }

    /** A stream of a file's content; that of a zip's entry is checked against its checksum at the end. */
    public static InputStream open(Path file) throws IOException {
        InputStream plain = Files.newInputStream(file);
        if (!file.getFileSystem().provider().getScheme().equals("jar")) {
            return new BufferedInputStream(plain, 1 << 16);
        }
        long expected = (Long) Files.getAttribute(file, "zip:crc");
        return new BufferedInputStream(new CheckedInputStream(plain, new CRC32()) {
            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                int count = super.read(buffer, offset, length);
                if (count < 0 && getChecksum().getValue() != expected) {
                    throw new ZipException("the checksum does not fit the content");
                }
                return count;
            }
        }, 1 << 16);
    }

    /** A file's whole content; the memory is taken by the size that the file or its archive says. */
    public static byte[] bytes(Path file, Room room) throws IOException {
        long size = Files.size(file);
        room.take(size, file.toString());
        try (InputStream in = open(file)) {
            byte[] bytes = in.readNBytes((int) size + 1);
            if (bytes.length > size) {
                throw new ZipException("it is longer than it says");
            }
            return bytes;
        }
    }

    /** The first {@link #PEEK} bytes of a file, or all. */
    public static byte[] head(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(PEEK);
        }
    }

    /** The first bytes of a stream that can be reset, at most {@code count}. */
    public static byte[] peek(InputStream in, int count) throws IOException {
        in.mark(count);
        byte[] head = in.readNBytes(count);
        in.reset();
        return head;
    }

    /** Whether the bytes begin with this Latin-1 text. */
    public static boolean starts(byte[] head, String magic) {
        byte[] expected = magic.getBytes(StandardCharsets.ISO_8859_1);
        return head.length >= expected.length && Arrays.mismatch(head, 0, expected.length, expected, 0, expected.length) < 0;
    }

    /** What an exception says, in one sentence that names a path. */
    public static String sentence(IOException e, Path path) {
        if (e instanceof NoSuchFileException missing) {
            if (Files.isSymbolicLink(Path.of(missing.getFile()))) {
                return missing.getFile() + ": a symbolic link to something that is not there; remove the link or restore what it leads to";
            }
            Path there = Path.of(missing.getFile());
            return there + ": no such file or folder" + (there.isAbsolute() ? "" : " in " + Path.of("").toAbsolutePath())
                    + ", expected FER2013 there; name another path or put it there";
        }
        if (e instanceof AccessDeniedException denied) {
            return denied.getFile() + ": no permission to read it; change its permissions or name another path";
        }
        if (e instanceof FileSystemLoopException || String.valueOf(e.getMessage()).contains(LINK_LOOP)) {
            return (e instanceof FileSystemLoopException loop ? loop.getFile() : path)
                    + ": a symbolic link leads back to itself, expected files and folders; remove the link";
        }
        if (e instanceof ZipException) {
            return path + ": the compressed data is damaged (" + e.getMessage() + "); get the file again";
        }
        if (e instanceof EOFException) {
            return path + ": the compressed data ends too early, so the file is truncated; get it again";
        }
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return message.contains(path.toString()) ? message : path + ": " + message;
    }
}
