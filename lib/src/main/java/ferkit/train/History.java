package ferkit.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** What a training run measured, one entry an epoch, in order from epoch 1. */
public record History(List<Epoch> epochs) {
    private static final String HEADER = "epoch,accuracy,loss,val_accuracy,val_loss,learning_rate,seconds";

    /**
     * One epoch's figures, averaged over images.
     *
     * @param epoch from 1
     * @param accuracy share of training images predicted right while training (dropout active), 0 to 1
     * @param loss mean of the run's loss over the training images while training; the study's is cross-entropy in nats
     * @param valAccuracy share of validation images predicted right after the epoch, 0 to 1
     * @param valLoss mean cross-entropy in nats over the validation images
     * @param learningRate of the epoch's last update
     * @param seconds the epoch took, validation included
     */
    public record Epoch(int epoch, double accuracy, double loss, double valAccuracy, double valLoss,
            double learningRate, double seconds) {}

    public History {
        epochs = List.copyOf(epochs);
    }

    /** Number of epochs. */
    public int size() {
        return epochs.size();
    }

    /**
     * The epoch of the highest validation accuracy, the first of equals.
     *
     * @throws IllegalStateException if there is no epoch yet
     */
    public Epoch best() {
        return epochs.stream().reduce((a, b) -> b.valAccuracy() > a.valAccuracy() ? b : a)
                .orElseThrow(() -> new IllegalStateException("A history without epochs has no best one"));
    }

    /** One figure over all epochs, for example {@code history.column(Epoch::valLoss)}. */
    public double[] column(ToDoubleFunction<Epoch> figure) {
        return epochs.stream().mapToDouble(figure).toArray();
    }

    /** The first epochs of this history, so many of them. */
    public History first(int count) {
        return new History(epochs.subList(0, count));
    }

    /** This history and one epoch more. */
    public History plus(Epoch epoch) {
        List<Epoch> more = new ArrayList<>(epochs);
        more.add(epoch);
        return new History(more);
    }

    /** As the text of {@code history.csv}. */
    public String toCsv() {
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        for (Epoch e : epochs) {
            text.append(e.epoch()).append(',').append(e.accuracy()).append(',').append(e.loss()).append(',')
                    .append(e.valAccuracy()).append(',').append(e.valLoss()).append(',')
                    .append(e.learningRate()).append(',').append(e.seconds()).append('\n');
        }
        return text.toString();
    }

    /** As {@link #toCsv}, so that a notebook prints it readably. */
    @Override
    public String toString() {
        return toCsv();
    }

    /**
     * Reads {@code history.csv}.
     *
     * @throws IOException if the file cannot be read or a line is not of that form; the message names file and line
     */
    public static History read(Path file) throws IOException {
        return parse(Files.readString(file), file.toString());
    }

    static History parse(String csv, String name) throws IOException {
        List<String> lines = csv.lines().toList();
        if (lines.isEmpty() || !lines.get(0).equals(HEADER)) {
            throw new IOException(name + ", line 1: found \"" + (lines.isEmpty() ? "" : lines.get(0)) + "\", expected \"" + HEADER + "\"");
        }
        List<Epoch> epochs = new ArrayList<>();
        for (int i = 1; i < lines.size(); i++) {
            String[] c = lines.get(i).split(",", -1);
            try {
                if (c.length != 7 || Integer.parseInt(c[0]) != i) {
                    throw new NumberFormatException("wrong epoch or number of columns");
                }
                epochs.add(new Epoch(i, Double.parseDouble(c[1]), Double.parseDouble(c[2]), Double.parseDouble(c[3]),
                        Double.parseDouble(c[4]), Double.parseDouble(c[5]), Double.parseDouble(c[6])));
            } catch (NumberFormatException e) {
                throw new IOException(name + ", line " + (i + 1) + ": found \"" + lines.get(i) + "\", expected " + HEADER
                        + " with epoch " + i, e);
            }
        }
        return new History(epochs);
    }
}
