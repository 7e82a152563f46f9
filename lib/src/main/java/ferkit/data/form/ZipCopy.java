package ferkit.data.form;

import ferkit.data.file.FileKind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ProviderNotFoundException;
import java.util.Collections;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * Copies a zip archive that Java's zip file system refuses whole, or misreads, for what some of its entries are: names
 * in another character set, with backslashes, "." or "..", passwords, rare methods of packing. In the copy names are UTF-8 with slashes, and in place of
 * what cannot be read stands a text that says why, so that it matters only if it is asked for.
 */
final class ZipCopy {
    private ZipCopy() {}

    /** Why Java cannot read an archive as it is; empty if it can. */
    static Optional<String> refusal(Path file) throws IOException {
        try (FileSystem zip = FileSystems.newFileSystem(file); var entries = Files.walk(zip.getPath("/"))) {
            return entries.anyMatch(path -> path.toString().contains("\\")) ? Optional.of("backslashes in names") : Optional.empty();
        } catch (ZipException | ProviderNotFoundException e) { // the latter where the name does not end in .zip
            return Optional.of(e.getMessage());
        }
    }

    /**
     * Writes the copy, of packed data as they are.
     *
     * @throws ZipException that says {@code refusal} if the archive itself is damaged
     */
    static void write(Path file, String refusal, Path copy) throws IOException {
        try (ZipFile archive = open(file, refusal); ZipArchiveOutputStream out = new ZipArchiveOutputStream(copy)) {
            for (ZipArchiveEntry entry : Collections.list(archive.getEntriesInPhysicalOrder())) {
                ZipArchiveEntry tidy = new ZipArchiveEntry(name(entry));
                String why = entry.getGeneralPurposeBit().usesEncryption() ? "a file under a password; unpack the archive with it and name the folder"
                        : entry.getMethod() == ZipEntry.STORED || entry.getMethod() == ZipEntry.DEFLATED ? ""
                                : "a file packed by method " + entry.getMethod()
                                        + ", which this kit does not read; unpack the archive and name the folder";
                if (why.isEmpty()) {
                    tidy.setMethod(entry.getMethod());
                    tidy.setSize(entry.getSize());
                    tidy.setCompressedSize(entry.getCompressedSize());
                    tidy.setCrc(entry.getCrc());
                    try (InputStream packed = archive.getRawInputStream(entry)) {
                        out.addRawArchiveEntry(tidy, packed);
                    }
                } else if (!tidy.isDirectory()) {
                    out.putArchiveEntry(tidy);
                    new ByteArrayInputStream((FileKind.UNREADABLE + why).getBytes(StandardCharsets.UTF_8)).transferTo(out);
                    out.closeArchiveEntry();
                }
            }
        }
    }

    private static ZipFile open(Path file, String refusal) throws IOException {
        try {
            return ZipFile.builder().setPath(file).get();
        } catch (IOException e) {
            throw new ZipException(refusal);
        }
    }

    /**
     * In UTF-8, or else in the zip format's own character set, that of the first IBM PCs, and without the parts "." and "..". In a name in another
     * character set that has slashes, backslashes are halves of letters.
     */
    private static String name(ZipArchiveEntry entry) {
        String name;
        try {
            name = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(entry.getRawName())).toString().replace('\\', '/');
        } catch (CharacterCodingException e) {
            name = new String(entry.getRawName(), Charset.forName("IBM437"));
            name = name.replace('\\', name.contains("/") ? '_' : '/');
        }
        return name.replaceAll("(?<![^/])\\.{1,2}/", "");
    }
}
