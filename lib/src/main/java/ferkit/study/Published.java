package ferkit.study;

import ferkit.data.Classes;
import ferkit.data.Emotion;
import ferkit.eval.ClassReport;
import ferkit.eval.Figures;
import ferkit.eval.Scores;
import ferkit.model.StudyModel;
import ferkit.train.History;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * The figures that the study itself published: its six training histories, its Table 1 and its test reports.
 * Models are called "model-1" to "model-6" and "EfficientNetB0". Figures that it does not give are NaN.
 */
public final class Published {
    private static final List<Result> RESULTS = lines("study-results.csv").stream().map(c -> new Result(name(c[0]), number(c[1]),
            number(c[2]), number(c[3]), number(c[4]), Integer.parseInt(c[5]), Long.parseLong(c[6]), number(c[7]))).toList();

    private static final List<Point> FIELD = points("field.csv");

    private static final List<Point> FER_PLUS = points("field-ferplus.csv");

    private Published() {}

    private static List<Point> points(String file) {
        return lines(file).stream()
                .map(c -> new Point(c[0], number(c[1]), number(c[2]), c[3].equals("yes"), ByTest.named(c[4]), c[5].equals("yes"), c[6], c[7]))
                .toList();
    }

    /** Whether a figure's own test images have chosen something of what it is of, as far as published code and words show. */
    public enum ByTest {
        NO("no"),
        YES("yes"),
        NOT_KNOWN("not known");

        private final String words;

        ByTest(String words) {
            this.words = words;
        }

        private static ByTest named(String words) {
            return Arrays.stream(values()).filter(value -> value.words.equals(words)).findFirst().orElseThrow();
        }
    }

    /**
     * What others published of FER2013.
     *
     * @param name of network and authors
     * @param accuracy on the test images, 0 to 1, as its authors give it
     * @param pflop training cost: multiply-adds of the network × 2 × 3 × images × epochs, counted from what the source says; NaN where that is not enough
     * @param ensemble whether it is of several networks together
     * @param chosen whether the test images were used to choose, for example the epoch
     * @param otherPhotographs whether the network had seen others than FER2013's before, for example ImageNet's
     * @param source address
     * @param caveat what to know of it
     */
    public record Point(String name, double accuracy, double pflop, boolean ensemble, ByTest chosen, boolean otherPhotographs, String source,
            String caveat) {}

    /** Others' figures, of which those that can be counted have a cost. */
    public static List<Point> field() {
        return FIELD;
    }

    /** Others' figures on FER+: the share of FER2013's test images with a majority on which the network says what this saw. */
    public static List<Point> ferPlus() {
        return FER_PLUS;
    }

    /** The same as a table. */
    public static Table fieldTable() {
        return Table.create("What others published of FER2013", StringColumn.create("Network", FIELD.stream().map(Point::name)),
                Figures.column("Test accuracy", FIELD, Point::accuracy, 4),
                StringColumn.create("Training cost, PFLOP", FIELD.stream().map(p -> Figures.significant(p.pflop(), 2))),
                StringColumn.create("Chosen by test images", FIELD.stream().map(p -> p.chosen().words)),
                StringColumn.create("Other photographs", FIELD.stream().map(p -> p.otherPhotographs() ? "yes" : "no")),
                StringColumn.create("What to know", FIELD.stream().map(Point::caveat)),
                StringColumn.create("Source", FIELD.stream().map(Point::source)));
    }

    /**
     * A model's row of Table 1, at its epoch of the best validation accuracy. The study gives it to four digits,
     * for EfficientNetB0 and on the test images to two.
     *
     * @param model "model-1" to "model-6" or "EfficientNetB0"
     * @param trainingAccuracy 0 to 1
     * @param trainingLoss in nats
     * @param validationAccuracy 0 to 1
     * @param validationLoss in nats
     * @param bestEpoch from 1
     * @param parameters of the whole model
     * @param testAccuracy 0 to 1
     */
    public record Result(String model, double trainingAccuracy, double trainingLoss, double validationAccuracy,
            double validationLoss, int bestEpoch, long parameters, double testAccuracy) {}

    /** The rows of Table 1 in the study's order. */
    public static List<Result> results() {
        return RESULTS;
    }

    /** One model's row of Table 1; empty for a model that is not the study's. */
    public static Optional<Result> find(String model) {
        return RESULTS.stream().filter(r -> r.model().equals(model)).findFirst();
    }

    /** The networks that the study trained, of all that {@link StudyModel#ALL} lists, where others may be added. */
    public static List<StudyModel> models() {
        return StudyModel.ALL.stream().filter(model -> find(model.name()).isPresent()).toList();
    }

    /**
     * The row of one of the study's models.
     *
     * @throws IllegalArgumentException if the study has no such model
     */
    public static Result result(String model) {
        return find(model).orElseThrow(() -> new IllegalArgumentException("The study has no model \"" + model
                + "\": expected one of " + RESULTS.stream().map(Result::model).toList()));
    }

    /** Table 1: model, training accuracy and loss, validation accuracy and loss, best epoch, parameters, test accuracy. */
    public static Table table() {
        return Table.create("Table 1 as published", StringColumn.create("Model", RESULTS.stream().map(Result::model)),
                Figures.column("Training accuracy", RESULTS, Result::trainingAccuracy, 4),
                Figures.column("Training loss", RESULTS, Result::trainingLoss, 4),
                Figures.column("Validation accuracy", RESULTS, Result::validationAccuracy, 4),
                Figures.column("Validation loss", RESULTS, Result::validationLoss, 4),
                Figures.counts("Best epoch", RESULTS, Result::bestEpoch),
                Figures.counts("Parameters", RESULTS, Result::parameters),
                Figures.column("Test accuracy", RESULTS, Result::testAccuracy, 2));
    }

    /** One model's training history, without learning rates and seconds; empty where the study gives none. */
    public static Optional<History> history(String model) {
        List<History.Epoch> epochs = lines("study-histories.csv").stream().filter(c -> name(c[0]).equals(model))
                .map(c -> new History.Epoch(Integer.parseInt(c[1]), number(c[2]), number(c[3]), number(c[4]), number(c[5]),
                        Double.NaN, Double.NaN))
                .toList();
        return epochs.isEmpty() ? Optional.empty() : Optional.of(new History(epochs));
    }

    /**
     * One model's report on the 3,589 test images, as published with two digits; empty for models
     * that the study does not test: it does so with 3, 6 and EfficientNetB0.
     */
    public static Optional<ClassReport> report(String model) {
        List<Scores> rows = lines("study-test-reports.csv").stream().filter(c -> name(c[0]).equals(model))
                .map(c -> new Scores(number(c[2]), number(c[3]), number(c[4]), Integer.parseInt(c[5]))).toList();
        return rows.isEmpty() ? Optional.empty() : Optional.of(new ClassReport(Classes.FER2013, rows.subList(0, Emotion.COUNT),
                rows.get(Emotion.COUNT), rows.get(Emotion.COUNT + 1)));
    }

    /** The study's number of a model as this kit's name. */
    private static String name(String model) {
        return Character.isDigit(model.charAt(0)) ? "model-" + model : model;
    }

    private static double number(String cell) {
        return cell.isEmpty() ? Double.NaN : Double.parseDouble(cell);
    }

    private static List<String[]> lines(String file) {
        try (InputStream in = Published.class.getResourceAsStream(file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().skip(1).map(line -> line.split(",", -1)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
