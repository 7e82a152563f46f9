package ferkit.data.form;

import ferkit.data.Classes;
import ferkit.data.Emotion;
import ferkit.data.FaceList;
import ferkit.data.Faces;
import ferkit.data.Split;
import ferkit.data.file.Room;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.ZipException;

/**
 * Reads FER2013's CSV forms: a header with the columns {@code pixels} and, where known, {@code emotion} and
 * {@code Usage}, in any order. Where there are these three and no other, label 7 is contempt: so is CK+ shared in FER2013's form. The stream is cut into blocks of whole lines, which all processors parse side by side.
 */
final class CsvReader {
    private static final int BLOCK = 1 << 22;
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    private static final Split[] SPLITS = Split.values();
    private static final int LONGEST_HEADER = 1 << 16;
    private static final String PYTHON = "the lines of Python in data/README.md write it so";

    private final String name;
    private final Room room;
    private int columns;
    private int emotionColumn = -1;
    private int pixelsColumn = -1;
    private int usageColumn = -1;
    private volatile boolean numbers;
    private volatile boolean words;
    private volatile boolean contempt;
    private boolean plain;
    private final List<String> ignoredColumns = new ArrayList<>();

    private CsvReader(String name, Room room) {
        this.name = name;
        this.room = room;
    }

    /**
     * The rows of one file, in order.
     *
     * @param faces pixels and labels ({@link Faces#NO_LABEL} without a column {@code emotion}): three lists
     *     in split order, or a single one if there is no column {@code Usage}
     * @param classes FER2013's, with contempt where a row has it
     * @param labelled whether there is a column {@code emotion}
     * @param numbers whether a label is a number
     * @param words whether a label is a name
     * @param ignoredColumns names of columns that mean nothing here
     */
    record Table(List<FaceList> faces, Classes classes, boolean labelled, boolean numbers, boolean words, List<String> ignoredColumns) {}

    /** Rows of some whole lines; {@code error} is what is wrong with line number {@code lines} of them. */
    private record Block(int lines, List<FaceList> faces, String error) {}

    /** What is wrong with a row, without the place, and what to do if that is more than to correct the line. */
    private static final class BadRow extends Exception {
        private static final long serialVersionUID = 1;
        private final String advice;

        BadRow(String message) {
            this(message, null);
        }

        BadRow(String message, String advice) {
            super(message, null, false, false);
            this.advice = advice;
        }
    }

    /**
     * Reads a whole stream and leaves it open.
     *
     * @param name of the file in messages
     * @param room for the pixels
     * @throws IOException at the first wrong line, with its number, what was found and what was expected
     */
    static Table read(InputStream in, String name, Room room) throws IOException {
        return new CsvReader(name, room).readAll(in);
    }

    private Table readAll(InputStream in) throws IOException {
        int processors = Runtime.getRuntime().availableProcessors();
        ExecutorService pool = Executors.newFixedThreadPool(processors, CsvReader::daemon);
        Deque<Future<Block>> running = new ArrayDeque<>();
        List<FaceList> all = null;
        int line = 1;
        try {
            byte[] rest = new byte[0];
            boolean more = true;
            while (more) {
                byte[] block = Arrays.copyOf(rest, Math.max(BLOCK, rest.length + 1));
                int filled = rest.length + readFully(in, block, rest.length, line);
                more = filled == block.length;
                int start = 0;
                if (all == null) {
                    start = parseHeader(block, filled);
                    all = newLists();
                    line++;
                }
                int end = more ? lastLineEnd(block, start, filled, line) : filled;
                rest = Arrays.copyOfRange(block, end, filled);
                int from = start;
                running.add(pool.submit(() -> parse(block, from, end)));
                if (running.size() > processors + 1) {
                    line += append(running.remove(), all, line);
                }
            }
            while (!running.isEmpty()) {
                line += append(running.remove(), all, line);
            }
        } finally {
            pool.shutdownNow();
        }
        if (all.stream().allMatch(faces -> faces.size() == 0)) {
            throw new IOException(name + ": a header and no row below it, expected one row for each image; get the file again");
        }
        return new Table(all, contempt ? Classes.WITH_CONTEMPT : Classes.FER2013, emotionColumn >= 0, numbers, words, ignoredColumns);
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "ferkit-csv");
        thread.setDaemon(true);
        return thread;
    }

    private int readFully(InputStream in, byte[] block, int offset, int line) throws IOException {
        try {
            return in.readNBytes(block, offset, block.length - offset);
        } catch (EOFException e) {
            throw new IOException(name + ": the compressed data ends too early, after line " + line
                    + " or later; the file is truncated, get it again", e);
        } catch (ZipException e) {
            throw new IOException(name + ": the compressed data is damaged (" + e.getMessage() + "); get the file again", e);
        }
    }

    private int lastLineEnd(byte[] block, int start, int filled, int line) throws IOException {
        for (int i = filled - 1; i >= start; i--) {
            if (block[i] == '\n') {
                return i + 1;
            }
        }
        throw new IOException(name + ", line " + line + " or later: no line end within " + (BLOCK >> 20)
                + " MB, expected one row of 2304 pixels for each line; this is no CSV of FER2013");
    }

    private List<FaceList> newLists() {
        List<FaceList> lists = new ArrayList<>();
        for (int i = 0; i < (usageColumn < 0 ? 1 : SPLITS.length); i++) {
            lists.add(new FaceList());
        }
        return lists;
    }

    private int append(Future<Block> future, List<FaceList> all, int line) throws IOException {
        Block block;
        try {
            block = future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(name + ": reading was interrupted", e);
        } catch (ExecutionException e) {
            throw new IOException(name + ": reading failed near line " + line, e.getCause());
        }
        if (block.error() != null) {
            throw new IOException(name + ", line " + (line + block.lines() - 1) + block.error());
        }
        for (int i = 0; i < all.size(); i++) {
            room.take((long) block.faces().get(i).size() * Faces.PIXELS, name + ", pixels up to line " + (line + block.lines() - 1));
            all.get(i).addAll(block.faces().get(i));
        }
        return block.lines();
    }

    /** Finds the columns and returns where the first row begins. */
    private int parseHeader(byte[] block, int filled) throws IOException {
        if (filled == 0) {
            throw new IOException(name + ": the file is empty, expected a header such as \"emotion,pixels,Usage\"; get the file again");
        }
        int start = Arrays.mismatch(block, 0, 3, BYTE_ORDER_MARK, 0, 3) < 0 ? 3 : 0;
        int end = start;
        while (end < filled && block[end] != '\n') {
            end++;
        }
        String header = new String(block, start, Math.min(end - start, LONGEST_HEADER), StandardCharsets.UTF_8).strip();
        String[] titles = header.split(",", -1);
        columns = titles.length;
        for (int i = 0; i < columns; i++) {
            String title = titles[i].replace('"', ' ').strip();
            switch (title.toLowerCase(Locale.ROOT)) {
                case "emotion", "label" -> emotionColumn = once(emotionColumn, i, titles, "label");
                case "pixels" -> pixelsColumn = once(pixelsColumn, i, titles, "image");
                case "usage" -> usageColumn = once(usageColumn, i, titles, "split");
                default -> ignoredColumns.add(title);
            }
        }
        if (pixelsColumn < 0) {
            String found = columns >= Faces.PIXELS ? columns + " columns, one for each pixel,"
                    : columns == 1 && header.matches(".*[;\t].*") ? "semicolons or tabs between the columns" : "no column \"pixels\"";
            throw new IOException(
                    name + ", line 1: " + found + " in \"" + shorten(header) + "\", expected a header such as \"emotion,pixels,Usage\"; "
                            + (found.startsWith("no") ? "correct it or get the file again" : PYTHON));
        }
        plain = usageColumn >= 0 && ignoredColumns.isEmpty() && emotionColumn >= 0
                && titles[emotionColumn].replace('"', ' ').strip().equalsIgnoreCase("emotion");
        if (usageColumn >= 0 && emotionColumn < 0) {
            throw new IOException(name + ", line 1: no column \"emotion\" in \"" + shorten(header)
                    + "\", expected a header such as \"emotion,pixels,Usage\"; correct it or get the file again");
        }
        return Math.min(end + 1, filled);
    }

    private int once(int before, int column, String[] titles, String meaning) throws IOException {
        if (before >= 0) {
            throw new IOException(name + ", line 1: columns " + (before + 1) + " and " + (column + 1) + " could both be the " + meaning + " (\""
                    + titles[before].strip() + "\" and \"" + titles[column].strip() + "\"), expected one; rename or remove the other");
        }
        return column;
    }

    private Block parse(byte[] block, int start, int end) {
        List<FaceList> faces = newLists();
        byte[] pixels = new byte[Faces.PIXELS];
        int lines = 0;
        int at = start;
        while (at < end) {
            int next = at;
            while (next < end && block[next] != '\n') {
                next++;
            }
            boolean complete = next < end;
            int stop = next > at && block[next - 1] == '\r' ? next - 1 : next;
            lines++;
            try {
                if (stop > at) {
                    parseRow(block, at, stop, pixels, faces);
                }
            } catch (BadRow e) {
                return new Block(lines, faces,
                        e.getMessage() + "; " + (e.advice != null ? e.advice : complete ? "correct this line or get the file again"
                                : "the file ends with this line: correct it, or if the file is truncated here, get it again"));
            }
            at = next + 1;
        }
        return new Block(lines, faces, null);
    }

    private void parseRow(byte[] block, int start, int stop, byte[] pixels, List<FaceList> faces) throws BadRow {
        int label = Faces.NO_LABEL;
        int split = 0;
        int at = start;
        for (int column = 0; column < columns; column++) {
            if (at > stop) {
                throw new BadRow(": " + column + " columns, expected " + columns);
            }
            int first = skipSpaces(block, at, stop);
            boolean quoted = first < stop && block[first] == '"';
            byte delimiter = (byte) (quoted ? '"' : ',');
            int from = quoted ? first + 1 : first;
            int to = from;
            if (column == pixelsColumn) {
                to = parsePixels(block, from, stop, delimiter, pixels);
            } else {
                while (to < stop && block[to] != delimiter) {
                    to++;
                }
                String value = new String(block, from, to - from, StandardCharsets.UTF_8).strip();
                if (column == emotionColumn) {
                    label = parseLabel(value);
                } else if (column == usageColumn) {
                    split = parseUsage(value);
                }
            }
            if (quoted) {
                if (to == stop) {
                    throw new BadRow(", column " + (column + 1) + ": a quote is not closed, expected '\"' before the line ends");
                }
                to = skipSpaces(block, to + 1, stop);
            }
            if (to < stop && block[to] != ',') {
                throw new BadRow(", column " + (column + 1) + ": text after the closing quote, expected a comma");
            }
            at = to + 1;
        }
        if (at <= stop) {
            throw new BadRow(": more than " + columns + " columns, expected as many as the header has");
        }
        faces.get(split).add(pixels, 0, label);
    }

    private static int skipSpaces(byte[] block, int at, int stop) {
        while (at < stop && block[at] == ' ') {
            at++;
        }
        return at;
    }

    /** Numbers 0 to 255 between spaces; returns the place of the delimiter or the end. */
    private static int parsePixels(byte[] block, int start, int stop, byte delimiter, byte[] pixels) throws BadRow {
        int count = 0;
        int at = start;
        while (true) {
            at = skipSpaces(block, at, stop);
            if (at == stop || block[at] == delimiter) {
                break;
            }
            if (block[at] == '[') {
                throw new BadRow(": pixels in brackets, expected numbers with spaces between them", PYTHON);
            }
            int from = at;
            int value = 0;
            while (at < stop && block[at] != ' ' && block[at] != delimiter) {
                int digit = block[at++] - '0';
                value = digit < 0 || digit > 9 || value > 255 ? 256 : value * 10 + digit;
            }
            if (value > 255) {
                throw new BadRow(", pixel " + (count + 1) + ": found \"" + text(block, from, stop, delimiter)
                        + "\", expected a whole number from 0 to 255");
            }
            if (count < Faces.PIXELS) {
                pixels[count] = (byte) value;
            }
            count++;
        }
        if (count != Faces.PIXELS) {
            throw new BadRow(": " + count + " pixels, expected 2304 (48 rows of 48)");
        }
        return at;
    }

    private static String text(byte[] block, int from, int stop, byte delimiter) {
        int to = from;
        while (to < stop && block[to] != ' ' && block[to] != delimiter) {
            to++;
        }
        return shorten(new String(block, from, to - from, StandardCharsets.UTF_8));
    }

    private int parseLabel(String value) throws BadRow {
        if (value.length() == 1 && value.charAt(0) >= '0' && value.charAt(0) < '0' + Emotion.COUNT) {
            numbers = true;
            return value.charAt(0) - '0';
        }
        boolean seven = plain && value.equals("7");
        int label = Classes.WITH_CONTEMPT.named(ClassOrder.isNumber(value) && !seven ? "" : value)
                .orElseThrow(() -> new BadRow(", column emotion: found \"" + shorten(value) + "\", expected a label 0 to 6 (0 Angry … 6 Neutral)",
                        ClassOrder.isNumber(value) ? ClassOrder.OTHER_NUMBERS : null));
        numbers |= seven;
        words |= !seven;
        contempt |= label == Emotion.COUNT;
        return label;
    }

    private static int parseUsage(String value) throws BadRow {
        return Split.named(value)
                .orElseThrow(() -> new BadRow(", column Usage: found \"" + shorten(value) + "\", expected Training, PublicTest or PrivateTest"))
                .ordinal();
    }

    private static String shorten(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }
}
