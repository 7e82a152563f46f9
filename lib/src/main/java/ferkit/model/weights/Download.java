package ferkit.model.weights;

import ferkit.data.file.Hashes;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.Authenticator;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Fetches a file whose hash is published. What has arrived lies in {@code <name>.part} and is continued after a cut,
 * in this call and in later ones; the file gets its name only when it is whole and has the hash.
 *
 * @param connect longest wait for the host's name, and again for the connection
 * @param silence longest wait for more bytes
 */
record Download(Duration connect, Duration silence) {
    static final Download USUAL = new Download(Duration.ofSeconds(3), Duration.ofSeconds(15));

    private static final int PARTIAL_RANGE_IS_WRONG = 416;

    /** Told how far the download is. */
    @FunctionalInterface
    interface Listener {
        /** @param of bytes of the whole file, −1 if the server does not say */
        void bytes(long done, long of);
    }

    /**
     * Downloads to {@code target}, whose folder must exist.
     *
     * @param algorithm of the published hash, MD5 or SHA-256
     * @param hash in lower-case hexadecimal
     * @throws IOException if the host is not reached in time, the server has no such file or falls silent, the disk is full, or
     *     the hash is another: then nothing is kept, otherwise what has arrived is
     */
    void fetch(URI address, String algorithm, String hash, Path target, Listener listener) throws IOException {
        if (ProxySelector.getDefault().select(address).get(0).type() == Proxy.Type.DIRECT) { // else the proxy knows the host
            resolve(address.getHost());
        }
        Path part = target.resolveSibling(target.getFileName() + ".part");
        long before;
        boolean whole;
        do {
            before = size(part);
            whole = attempt(address, part, listener);
        } while (!whole && size(part) > before);
        if (!whole) {
            throw new IOException(address + ": the connection was cut after " + before + " bytes; they are kept, try again to continue");
        }
        String found = Hashes.of(part, algorithm);
        if (!found.equals(hash)) {
            Files.delete(part);
            throw new IOException(address + ": the file's " + algorithm + " is " + found + ", expected " + hash
                    + "; it was thrown away");
        }
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Downloads from where {@code part} ends; whether it is whole afterwards. */
    private boolean attempt(URI address, Path part, Listener listener) throws IOException {
        long have = size(part);
        HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
        connection.setAuthenticator(new ProxyPassword(address.getScheme()));
        connection.setConnectTimeout((int) connect.toMillis());
        connection.setReadTimeout((int) silence.toMillis());
        if (have > 0) {
            connection.setRequestProperty("Range", "bytes=" + have + "-");
        }
        try {
            int status = connection.getResponseCode();
            if (status == PARTIAL_RANGE_IS_WRONG) { // nothing is left to send, or the part is of another file: the hash decides
                return true;
            }
            boolean continued = status == HttpURLConnection.HTTP_PARTIAL
                    && String.valueOf(connection.getHeaderField("Content-Range")).toLowerCase(Locale.ROOT).startsWith("bytes " + have + "-");
            if (status != HttpURLConnection.HTTP_OK && !continued) {
                throw new IOException(address + ": the server answers " + status + " " + connection.getResponseMessage());
            }
            long done = continued ? have : 0;
            long length = connection.getContentLengthLong();
            long of = length < 0 ? -1 : done + length;
            boolean writing = false;
            try (InputStream in = connection.getInputStream();
                    OutputStream out = Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                            continued ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING)) {
                byte[] buffer = new byte[1 << 16];
                for (int n; (n = in.read(buffer)) >= 0;) {
                    if (Thread.currentThread().isInterrupted()) {
                        throw new InterruptedIOException(address + ": the download was interrupted; " + done
                                + " bytes are kept, try again to continue");
                    }
                    writing = true;
                    out.write(buffer, 0, n);
                    writing = false;
                    done += n;
                    listener.bytes(done, of);
                }
            } catch (InterruptedIOException e) { // also a read that waited too long
                throw e;
            } catch (IOException e) {
                if (writing) {
                    throw new IOException(part + " cannot be written: " + e.getMessage() + "; make room and try again", e);
                }
                return false;
            }
            return of < 0 || done == of;
        } catch (SocketTimeoutException e) {
            throw new IOException(address + ": no answer within " + silence.toSeconds() + " s; the " + size(part)
                    + " bytes that have arrived are kept, try again to continue", e);
        } finally {
            connection.disconnect();
        }
    }

    /** Answers a proxy with what kit.py read from HTTP_PROXY or HTTPS_PROXY and passes on in the environment, unseen by others. */
    private static final class ProxyPassword extends Authenticator {
        private final String scheme;

        ProxyPassword(String scheme) {
            this.scheme = scheme.toUpperCase(Locale.ROOT);
        }

        @Override
        protected PasswordAuthentication getPasswordAuthentication() {
            String name = System.getenv(scheme + "_PROXY_USERNAME");
            String password = System.getenv(scheme + "_PROXY_PASSWORD");
            return getRequestorType() != RequestorType.PROXY || name == null || password == null
                    ? null : new PasswordAuthentication(name, password.toCharArray());
        }
    }

    /** A name server that does not answer must not hold up the choice of weights. */
    private void resolve(String host) throws IOException {
        FutureTask<InetAddress> lookup = new FutureTask<>(() -> InetAddress.getByName(host));
        Thread thread = new Thread(lookup, "look up " + host);
        thread.setDaemon(true);
        thread.start();
        try {
            lookup.get(connect.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new UnknownHostException("The host " + host + " is not known here: no network?");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("The download was interrupted");
        }
    }

    private static long size(Path file) throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }
}
