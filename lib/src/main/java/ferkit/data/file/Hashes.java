package ferkit.data.file;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Hashes of files and of what is read from them. */
public final class Hashes {
    private Hashes() {}

    /** A new SHA-256. */
    public static MessageDigest sha256() {
        return digest("SHA-256");
    }

    /**
     * The hash of a file in lower-case hexadecimal.
     *
     * @param algorithm one that every Java platform has: MD5 or SHA-256
     */
    public static String of(Path file, String algorithm) throws IOException {
        try (DigestInputStream in = new DigestInputStream(Files.newInputStream(file), digest(algorithm))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        }
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalArgumentException("No hash is called " + algorithm, e);
        }
    }
}
