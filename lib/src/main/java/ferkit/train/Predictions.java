package ferkit.train;

import ferkit.data.Classes;
import ferkit.data.Faces;
import ferkit.data.file.AtomicFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a model said of each image of one split, in file order.
 *
 * @param classes what the labels mean
 * @param truth labels, or {@link Faces#NO_LABEL}
 * @param predicted the class of the highest probability
 * @param probabilities softmax outputs, for each image a row of one number a class
 */
public record Predictions(Classes classes, int[] truth, int[] predicted, float[][] probabilities) {
    /** @throws IllegalArgumentException if the three do not have the same length */
    public Predictions {
        if (truth.length != predicted.length || truth.length != probabilities.length) {
            throw new IllegalArgumentException("Predictions of unequal length: " + truth.length + " labels, "
                    + predicted.length + " predictions, " + probabilities.length + " rows of probabilities");
        }
    }

    /** Of FER2013's classes. */
    public Predictions(int[] truth, int[] predicted, float[][] probabilities) {
        this(Classes.FER2013, truth, predicted, probabilities);
    }

    /** Number of images. */
    public int size() {
        return truth.length;
    }

    /** Number of images whose prediction equals the label. */
    public int correct() {
        return (int) IntStream.range(0, size()).filter(i -> truth[i] == predicted[i]).count();
    }

    /** Whether every image has a label, so that predictions can be held against the truth. */
    public boolean labelled() {
        return Arrays.stream(truth).noneMatch(label -> label == Faces.NO_LABEL);
    }

    /**
     * Whether others are of the same images: as many, with the same labels but for two in a hundred. Two copies of FER2013 differ in a few labels, so that runs on them do
     * too; each is held against its own.
     */
    public boolean isOfSameImages(Predictions others) {
        return size() == others.size() && 50L * IntStream.range(0, size()).filter(i -> truth[i] != others.truth[i]).count() <= size();
    }

    /** Share of images predicted right, 0 to 1; NaN if there is none or one has no label. */
    public double accuracy() {
        return labelled() ? (double) correct() / size() : Double.NaN;
    }

    /** The probability of what was predicted for one image, 0 to 1. */
    public float confidence(int image) {
        return probabilities[image][predicted[image]];
    }

    /** The indices of the images predicted right, or of those predicted wrong, the surest of them first. */
    public Stream<Integer> surest(boolean right) {
        return IntStream.range(0, size()).filter(i -> (predicted[i] == truth[i]) == right).boxed()
                .sorted(Comparator.comparingDouble(i -> -confidence(i)));
    }

    /** Those of the images that are of this class. */
    public Predictions of(int label) {
        return select(IntStream.range(0, size()).filter(i -> truth[i] == label).toArray());
    }

    /** Those of the images at these indices, in the order of the indices. */
    public Predictions select(int... chosen) {
        return new Predictions(classes, IntStream.of(chosen).map(i -> truth[i]).toArray(), IntStream.of(chosen).map(i -> predicted[i]).toArray(),
                IntStream.of(chosen).mapToObj(i -> probabilities[i]).toArray(float[][]::new));
    }

    /**
     * The same answers held against another truth.
     *
     * @param meant classes that begin with those that were predicted; the probabilities of the others are 0
     * @param other a label of {@code meant} for each image
     * @throws IllegalArgumentException if the classes do not begin so, or there are not so many labels
     */
    public Predictions against(Classes meant, int[] other) {
        if (meant.count() < classes.count() || !meant.titles().subList(0, classes.count()).equals(classes.titles())) {
            throw new IllegalArgumentException("Predictions of " + classes.titles() + " are held against " + meant.titles()
                    + ": expected classes that begin with those predicted");
        }
        return new Predictions(meant, other, predicted,
                Arrays.stream(probabilities).map(row -> Arrays.copyOf(row, meant.count())).toArray(float[][]::new));
    }

    /**
     * What several models say together of the same images: the mean of their probabilities, and the class of the highest. The labels are the first one's.
     *
     * @throws IllegalArgumentException if there are none, or they are not predictions of the same images
     */
    public static Predictions mean(List<Predictions> models) {
        if (models.isEmpty()
                || models.stream().anyMatch(m -> !m.classes.equals(models.get(0).classes) || !m.isOfSameImages(models.get(0)))) {
            throw new IllegalArgumentException(
                    "The mean of " + models.size() + " models' predictions: expected at least one model, all of the same images");
        }
        Classes classes = models.get(0).classes;
        int[] truth = models.get(0).truth;
        int[] predicted = new int[truth.length];
        float[][] mean = new float[truth.length][classes.count()];
        for (int i = 0; i < truth.length; i++) {
            int image = i;
            for (int c = 0; c < classes.count(); c++) {
                int label = c;
                mean[i][c] = (float) models.stream().mapToDouble(m -> m.probabilities[image][label]).average().getAsDouble();
                predicted[i] = mean[i][c] > mean[i][predicted[i]] ? c : predicted[i];
            }
        }
        return new Predictions(classes, truth, predicted, mean);
    }

    /** How many there are and how many are right, as a notebook prints it. */
    @Override
    public String toString() {
        return size() + " predictions" + (labelled() ? ", " + correct() + " right" : ", not all with a label");
    }

    /** Writes {@code index,truth,predicted,p0,p1,…}, one line an image, by way of a temporary file. */
    public void write(Path file) throws IOException {
        StringBuilder text = new StringBuilder(header(classes)).append('\n');
        for (int i = 0; i < size(); i++) {
            text.append(i).append(',').append(truth[i]).append(',').append(predicted[i]);
            for (float p : probabilities[i]) {
                text.append(',').append(p);
            }
            text.append('\n');
        }
        AtomicFile.write(file, text.toString());
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @param classes that were predicted
     * @throws IOException if the file cannot be read or a line is not of that form; the message names file and line
     */
    public static Predictions read(Path file, Classes classes) throws IOException {
        String header = header(classes);
        List<int[]> labels = new ArrayList<>();
        List<float[]> rows = new ArrayList<>();
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            String line = reader.readLine();
            if (!header.equals(line)) {
                throw new IOException(file + ", line 1: found \"" + line + "\", expected \"" + header + "\"");
            }
            while ((line = reader.readLine()) != null) {
                String[] cells = line.split(",", -1);
                try {
                    if (cells.length != 3 + classes.count() || Integer.parseInt(cells[0]) != rows.size()) {
                        throw new IllegalArgumentException("wrong index or number of columns");
                    }
                    int truth = Integer.parseInt(cells[1]);
                    labels.add(new int[] {truth == Faces.NO_LABEL ? truth : classes.require(truth), classes.require(Integer.parseInt(cells[2]))});
                    float[] p = new float[classes.count()];
                    for (int c = 0; c < p.length; c++) {
                        p[c] = Float.parseFloat(cells[3 + c]);
                    }
                    rows.add(p);
                } catch (IllegalArgumentException e) {
                    throw new IOException(file + ", line " + (rows.size() + 2) + ": found \"" + line + "\", expected "
                            + header + " with index " + rows.size() + " (" + e.getMessage() + ")", e);
                }
            }
        } catch (CharacterCodingException e) {
            throw new IOException(file + " is no text in UTF-8, expected predictions", e);
        }
        return new Predictions(classes, labels.stream().mapToInt(c -> c[0]).toArray(), labels.stream().mapToInt(c -> c[1]).toArray(),
                rows.toArray(new float[0][]));
    }

    private static String header(Classes classes) {
        return "index,truth,predicted" + IntStream.range(0, classes.count()).mapToObj(c -> ",p" + c).collect(Collectors.joining());
    }
}
