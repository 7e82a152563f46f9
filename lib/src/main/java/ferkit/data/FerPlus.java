package ferkit.data;

import ferkit.data.file.Room;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * FER+: the votes of ten people on each image of FER2013, joined by row order within each split
 * (Barsoum et al. 2016, "Training Deep Networks for Facial Expression Recognition with Crowd-Sourced Label Distribution").
 */
public final class FerPlus {
    private static final String NAME = "fer2013new.csv";

    private final FaceSet faces;
    private final Map<Split, List<int[]>> votes;

    /** What FER+ lets people vote for, in the order of its columns. */
    public enum Vote {
        NEUTRAL("neutral", Emotion.NEUTRAL),
        HAPPINESS("happiness", Emotion.HAPPY),
        SURPRISE("surprise", Emotion.SURPRISE),
        SADNESS("sadness", Emotion.SAD),
        ANGER("anger", Emotion.ANGRY),
        DISGUST("disgust", Emotion.DISGUST),
        FEAR("fear", Emotion.FEAR),
        CONTEMPT("contempt", null),
        UNKNOWN("unknown", null),
        NOT_A_FACE("NF", null);

        private final String column;
        private final Emotion emotion;

        Vote(String column, Emotion emotion) {
            this.column = column;
            this.emotion = emotion;
        }

        /** The class of FER2013 that this vote is for; empty for contempt, unknown and not a face. */
        public Optional<Emotion> emotion() {
            return Optional.ofNullable(emotion);
        }

        /** Whether this is for a class of {@link Classes#WITH_CONTEMPT}, not for unknown or not a face. */
        private boolean isClass() {
            return ordinal() <= CONTEMPT.ordinal();
        }

        /** The label of {@link Classes#WITH_CONTEMPT} that this vote is for; {@link Faces#NO_LABEL} for unknown and not a face. */
        public int label() {
            return !isClass() ? Faces.NO_LABEL : emotion == null ? Emotion.COUNT : emotion.label();
        }
    }

    /** Where FER+ is not in the images' order, its majorities hardly ever are their labels; in order, two in three are. */
    private static final double LEAST_AGREEMENT = 0.5;
    private static final int ENOUGH = 100;

    private FerPlus(FaceSet faces, Map<Split, List<int[]>> votes) {
        this.faces = faces;
        this.votes = votes;
    }

    /**
     * Votes that come with the images, for example with drawn ones, rather than from a file.
     *
     * @param votes of each split as many rows as it has images, each of ten votes in the order of {@link Vote}
     */
    public static FerPlus of(FaceSet faces, Map<Split, List<int[]>> votes) {
        return new FerPlus(faces, votes);
    }

    /** The file {@code fer2013new.csv} in a folder or beside a file, if it is there. */
    public static Optional<Path> beside(Path data) {
        Path file = Files.isDirectory(data) ? data.resolve(NAME) : data.toAbsolutePath().resolveSibling(NAME);
        return Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
    }

    /**
     * Reads {@code fer2013new.csv} for a data set.
     *
     * @throws IOException if the file cannot be read, a line is wrong (names file and line), a split has another
     *     number of rows than the data set, or the images are plainly in another order
     */
    public static FerPlus read(Path file, FaceSet faces) throws IOException {
        Map<Split, List<int[]>> votes = new EnumMap<>(Split.class);
        for (Split split : Split.values()) {
            votes.put(split, new ArrayList<>());
        }
        new Room().take(4 * Files.size(file), file.toString());
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            String header = reader.readLine();
            List<String> titles = header == null ? List.of() : List.of(header.replace("\uFEFF", "").strip().split("\\s*,\\s*"));
            int usage = column(titles, "Usage", file);
            int[] columns = new int[Vote.values().length];
            for (Vote vote : Vote.values()) {
                columns[vote.ordinal()] = column(titles, vote.column, file);
            }
            int number = 1;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                String[] cells = line.split(",", -1);
                if (cells.length != titles.size()) {
                    throw new IOException(file + ", line " + number + ": " + cells.length + " columns, expected " + titles.size()
                            + " as in the header; get the file again");
                }
                int[] row = new int[columns.length];
                for (int i = 0; i < columns.length; i++) {
                    row[i] = count(cells[columns[i]].strip(), file, number);
                }
                votes.get(split(cells[usage].strip(), file, number)).add(row);
            }
        } catch (CharacterCodingException e) {
            throw new IOException(file + " is no text in UTF-8, expected FER+'s fer2013new.csv; get the file again", e);
        }
        for (Split split : Split.values()) {
            if (votes.get(split).size() != faces.split(split).size()) {
                throw new IOException(file + ": " + votes.get(split).size() + " rows of " + split.usage() + " for "
                        + faces.split(split).size() + " images, expected as many, since rows are joined by their order;"
                        + " use it with the whole fer2013.csv");
            }
        }
        FerPlus ferPlus = new FerPlus(faces, votes);
        ferPlus.checkOrder(file);
        return ferPlus;
    }

    private void checkOrder(Path file) throws IOException {
        int comparable = 0;
        int agreeing = 0;
        for (Split split : Split.values()) {
            for (int i = 0; i < faces.split(split).size(); i++) {
                Optional<Emotion> seen = majority(split, i).flatMap(Vote::emotion);
                if (seen.isPresent()) {
                    comparable++;
                    agreeing += seen.get().label() == faces.split(split).label(i) ? 1 : 0;
                }
            }
        }
        if (comparable >= ENOUGH && agreeing < LEAST_AGREEMENT * comparable) {
            throw new IOException(file + ": its majorities are the images' labels for " + 100 * agreeing / comparable
                    + " % of the images, expected about 68 %, so the images are in another order than FER2013's;"
                    + " use it with fer2013.csv instead of folders of images");
        }
    }

    private static int column(List<String> titles, String title, Path file) throws IOException {
        return IntStream.range(0, titles.size()).filter(i -> titles.get(i).equalsIgnoreCase(title)).findFirst().orElseThrow(
                () -> new IOException(file + ", line 1: no column \"" + title + "\", expected the header of fer2013new.csv; get the file again"));
    }

    private static int count(String cell, Path file, int line) throws IOException {
        if (cell.length() > 3 || !cell.matches("[0-9]+")) {
            throw new IOException(file + ", line " + line + ": found \"" + cell + "\", expected a number of votes; get the file again");
        }
        return Integer.parseInt(cell);
    }

    private static Split split(String usage, Path file, int line) throws IOException {
        return Split.named(usage).orElseThrow(() -> new IOException(
                file + ", line " + line + ": found \"" + usage + "\", expected Training, PublicTest or PrivateTest; get the file again"));
    }

    /** The votes on one image, ten numbers in the order of {@link Vote}, as a new array. */
    public int[] votes(Split split, int index) {
        return votes.get(split).get(index).clone();
    }

    /**
     * What most people saw, as the authors' code counts it: single votes are left out as outliers, and the winner
     * needs more than half of the rest. Empty if there is no such winner. Winners {@link Vote#UNKNOWN} and
     * {@link Vote#NOT_A_FACE} are left out of training by the authors.
     */
    public Optional<Vote> majority(Split split, int index) {
        return majority(votes.get(split).get(index));
    }

    /** What most people saw by these votes, as {@link #majority(Split, int)} counts it. */
    public static Optional<Vote> majority(int[] row) {
        int sum = 0;
        int best = 0;
        for (int i = 0; i < row.length; i++) {
            sum += row[i] > 1 ? row[i] : 0;
            best = row[i] > row[best] ? i : best;
        }
        return row[best] > 1 && 2 * row[best] > sum ? Optional.of(Vote.values()[best]) : Optional.empty();
    }

    /**
     * The images under the class that the {@link #majority} saw, of eight: FER2013's seven and contempt. Left out, and counted in a note, are those
     * without a majority and those whose majority says unknown or not a face, as in the authors' mode "majority"
     * (github.com/microsoft/FERPlus, src/ferplus.py).
     */
    public FaceSet byMajority() {
        return relabelled("majority", row -> majority(row).filter(Vote::isClass).map(vote -> {
            float[] one = new float[Classes.WITH_CONTEMPT.count()];
            one[vote.label()] = 1;
            return one;
        }), false);
    }

    /**
     * The images shared among the eight classes as people voted, with the likeliest as their label: soft labels. As in the authors' mode "crossentropy"
     * (github.com/microsoft/FERPlus, src/ferplus.py), single votes do not count; the most frequent answers are taken until they hold three quarters of the
     * votes or are three, equal ones together, and none from unknown or not a face on. Left out, and counted in a note, are images for which
     * they hold no more than half of the votes or are more than three.
     */
    public FaceSet byVotes() {
        return relabelled("votes", FerPlus::shares, true);
    }

    /**
     * Training images {@link #byVotes}, validation and test images {@link #byMajority}: what the authors' code trains on and holds its networks against in its mode
     * "crossentropy" (github.com/microsoft/FERPlus, src/train.py).
     */
    public FaceSet forTraining() {
        FaceSet votes = byVotes();
        FaceSet majority = byMajority();
        int left = faces.training().size() + faces.validation().size() + faces.test().size() - votes.training().size() - majority.validation().size()
                - majority.test().size();
        List<String> notes = new ArrayList<>(faces.origin().notes());
        notes.add("Training images by FER+'s votes, validation and test images by its majority: " + left
                + " images left out, on which people did not agree,"
                + " or most saw nothing known or no face. Figures are not comparable with the study's.");
        return new FaceSet(new Origin(votes.origin().kind(), faces.origin().title() + " with FER+'s votes", notes), votes.training(),
                majority.validation(),
                majority.test());
    }

    private FaceSet relabelled(String by, Function<int[], Optional<float[]>> labels, boolean shared) {
        List<Faces> splits = new ArrayList<>();
        int all = 0;
        int left = 0;
        for (Split split : Split.values()) {
            List<Optional<float[]>> rows = votes.get(split).stream().map(labels).toList();
            int[] kept = IntStream.range(0, rows.size()).filter(i -> rows.get(i).isPresent()).toArray();
            float[][] shares = IntStream.of(kept).mapToObj(i -> rows.get(i).get()).toArray(float[][]::new);
            Faces some = faces.split(split).select(kept).withLabels(Classes.WITH_CONTEMPT, new byte[kept.length]).withShares(shares);
            splits.add(shared ? some : some.withLabels(Classes.WITH_CONTEMPT, some.labels()));
            all += rows.size();
            left += rows.size() - kept.length;
        }
        List<String> notes = new ArrayList<>(faces.origin().notes());
        notes.add("Labels by FER+'s " + by + " in place of FER2013's: " + left + " of " + all
                + " images left out, on which people did not agree, or most saw"
                + " nothing known or no face. Figures are not comparable with the study's.");
        return new FaceSet(
                new Origin(faces.origin().isSample() ? Origin.Kind.SAMPLE : Origin.Kind.OTHER_SPLIT,
                        faces.origin().title() + " with FER+'s labels by " + by, notes),
                splits.get(0), splits.get(1), splits.get(2));
    }

    private static Optional<float[]> shares(int[] row) {
        int[] rest = IntStream.of(row).map(count -> count > 1 ? count : 0).toArray();
        int sum = IntStream.of(rest).sum();
        float[] shares = new float[Classes.WITH_CONTEMPT.count()];
        int taken = 0;
        int answers = 0;
        boolean known = true;
        while (known && 4 * taken < 3 * sum && answers < 3) {
            int most = IntStream.of(rest).max().getAsInt();
            for (Vote vote : Vote.values()) {
                if (known && rest[vote.ordinal()] == most) {
                    known = vote.isClass();
                    if (known) {
                        shares[vote.label()] = most;
                        rest[vote.ordinal()] = 0;
                        taken += most;
                        answers++;
                    }
                }
            }
        }
        return 2 * taken > sum && answers <= 3 ? Optional.of(shares) : Optional.empty();
    }
}
