package ferkit.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * FER+: the votes of ten people on each image of FER2013, joined by row order within each split
 * (Barsoum et al. 2016, "Training Deep Networks for Facial Expression Recognition with Crowd-Sourced Label Distribution").
 */
public final class FerPlus {
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
    }

    private FerPlus(Map<Split, List<int[]>> votes) {
        this.votes = votes;
    }

    /**
     * Reads {@code fer2013new.csv} for a data set.
     *
     * @throws IOException if the file cannot be read, a line is wrong (names file and line), or a split has another
     *     number of rows than the data set, so that row order joins nothing
     */
    public static FerPlus read(Path file, FaceSet faces) throws IOException {
        Map<Split, List<int[]>> votes = new EnumMap<>(Split.class);
        for (Split split : Split.values()) {
            votes.put(split, new ArrayList<>());
        }
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
        }
        for (Split split : Split.values()) {
            if (votes.get(split).size() != faces.split(split).size()) {
                throw new IOException(file + ": " + votes.get(split).size() + " rows of " + split.usage() + " for "
                        + faces.split(split).size() + " images, expected as many, since rows are joined by their order;"
                        + " use it with the whole fer2013.csv");
            }
        }
        return new FerPlus(votes);
    }

    private static int column(List<String> titles, String title, Path file) throws IOException {
        for (int i = 0; i < titles.size(); i++) {
            if (titles.get(i).equalsIgnoreCase(title)) {
                return i;
            }
        }
        throw new IOException(file + ", line 1: no column \"" + title + "\", expected the header of fer2013new.csv; get the file again");
    }

    private static int count(String cell, Path file, int line) throws IOException {
        if (cell.length() > 3 || !cell.matches("[0-9]+")) {
            throw new IOException(file + ", line " + line + ": found \"" + cell + "\", expected a number of votes; get the file again");
        }
        return Integer.parseInt(cell);
    }

    private static Split split(String usage, Path file, int line) throws IOException {
        for (Split split : Split.values()) {
            if (split.usage().toLowerCase(Locale.ROOT).equals(usage.toLowerCase(Locale.ROOT))) {
                return split;
            }
        }
        throw new IOException(file + ", line " + line + ": found \"" + usage + "\", expected Training, PublicTest or PrivateTest; get the file again");
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
        int[] row = votes.get(split).get(index);
        int sum = 0;
        int best = 0;
        for (int i = 0; i < row.length; i++) {
            sum += row[i] > 1 ? row[i] : 0;
            best = row[i] > row[best] ? i : best;
        }
        return row[best] > 1 && 2 * row[best] > sum ? Optional.of(Vote.values()[best]) : Optional.empty();
    }
}
