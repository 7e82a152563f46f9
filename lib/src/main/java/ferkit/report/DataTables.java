package ferkit.report;

import ferkit.chart.Charts;
import ferkit.chart.Picture;
import ferkit.data.Classes;
import ferkit.data.Emotion;
import ferkit.data.FaceSet;
import ferkit.data.Faces;
import ferkit.data.FerPlus;
import ferkit.data.Official;
import ferkit.data.Split;
import ferkit.data.report.DataReport;
import ferkit.data.report.Statistics;
import ferkit.data.report.Statistics.Grey;
import ferkit.eval.Figures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** What the notebook on the data shows of a data set. */
public final class DataTables {
    private static final int DRAWN_ROWS = 3;
    static final int LEAST_AVERAGED = 20;

    private DataTables() {}

    /** Images per class of each split, under the split's English name, in label order. */
    public static Map<String, int[]> counts(FaceSet data) {
        Map<String, int[]> counts = new LinkedHashMap<>();
        for (Split split : Split.values()) {
            counts.put(title(split), data.split(split).counts());
        }
        return counts;
    }

    /**
     * Images per class and split as a table, with each class's share of the labelled training images and two last rows for
     * images without a label and for all; the first of the two only if there are such images.
     */
    public static Table countTable(FaceSet data) {
        boolean labelled = Stream.of(Split.values()).allMatch(split -> data.split(split).labelled());
        List<String> names = new ArrayList<>(data.classes().titles());
        names.addAll(labelled ? List.of("All") : List.of("Without a label", "All"));
        Table table = Table.create("Images of each class and split", StringColumn.create("Class", names));
        for (Split split : Split.values()) {
            int[] counts = data.split(split).counts();
            int all = data.split(split).size();
            IntStream last = labelled ? IntStream.of(all) : IntStream.of(all - IntStream.of(counts).sum(), all);
            table.addColumns(Figures.counts(title(split), IntStream.concat(IntStream.of(counts), last).toArray()));
        }
        int[] training = data.training().counts();
        double sum = IntStream.of(training).sum();
        double[] shares = IntStream.range(0, names.size())
                .mapToDouble(row -> row < training.length ? training[row] / sum : row == names.size() - 1 && sum > 0 ? 1 : Double.NaN).toArray();
        return table.addColumns(Figures.column("Share of training", shares, 3));
    }

    /**
     * FER2013's official number of images of each class and split, and how many more there are here: zero everywhere if nothing
     * is missing or was added. Without rows if the classes are not FER2013's.
     */
    public static Table officialTable(FaceSet data) {
        List<String> names = new ArrayList<>(Emotion.titles());
        names.add("All");
        Table table = Table.create("Images against FER2013's official numbers");
        if (!data.classes().equals(Classes.FER2013)) {
            return table;
        }
        table.addColumns(StringColumn.create("Class", names));
        for (Split split : Split.values()) {
            int[] official = with(IntStream.of(Official.counts(split)).sum(), Official.counts(split));
            int[] difference = with(data.split(split).size(), data.split(split).counts());
            Arrays.setAll(difference, i -> difference[i] - official[i]);
            table.addColumns(Figures.counts(title(split) + ": official", official), Figures.counts(title(split) + ": more", difference));
        }
        return table;
    }

    private static int[] with(int last, int[] counts) {
        return IntStream.concat(IntStream.of(counts), IntStream.of(last)).toArray();
    }

    /** What a data set holds besides good faces, one row a finding and one column a split; "–" where a row does not apply. */
    public static Table findings(DataReport report) {
        Table table = Table.create("What the data hold besides good faces", StringColumn.create("Finding", "Images", "Blank (one grey value)",
                "Exact copy of an earlier image of the same split", "Exact copy anywhere that has another label",
                "Exact copy in training", "… whose labels there are all the same as its own",
                "Near duplicate in training (" + DataReport.MEASURE + ")", "… the most similar with the same label",
                "Near duplicate in validation"));
        report.votes().ifPresent(votes -> table.stringColumn(0).append("'Not a face' by FER+ majority"));
        for (Split split : Split.values()) {
            DataReport.Findings f = report.findings(split);
            IntColumn column = Figures.counts(title(split), new int[] {f.images(), f.blank(), f.repeated(), f.contradicting(),
                f.copied(), f.copiedSameLabel(), f.near(), f.nearSameLabel(), f.nearInValidation()});
            if (split == Split.TRAINING) {
                IntStream.rangeClosed(4, 7).forEach(column::setMissing);
            }
            if (split != Split.TEST) {
                column.setMissing(8);
            }
            report.votes().ifPresent(votes -> column.append(votes.notAFace()[split.ordinal()]));
            table.addColumns(column);
        }
        return table;
    }

    /** FER2013 labels (rows) against FER+ majorities (columns, the seven classes first): images of all splits together. */
    public static Table agreement(DataReport.Votes votes) {
        Table table = Table.create("Labels of FER2013 in rows against the majority of FER+ in columns",
                StringColumn.create("FER2013", Emotion.titles()));
        for (Emotion emotion : Emotion.values()) {
            table.addColumns(column(votes, emotion.title(), vote(emotion).ordinal()));
        }
        for (FerPlus.Vote vote : List.of(FerPlus.Vote.CONTEMPT, FerPlus.Vote.UNKNOWN, FerPlus.Vote.NOT_A_FACE)) {
            String name = vote.name().replace('_', ' ');
            table.addColumns(column(votes, name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT), vote.ordinal()));
        }
        return table.addColumns(column(votes, "No majority", FerPlus.Vote.values().length));
    }

    private static FerPlus.Vote vote(Emotion emotion) {
        return Arrays.stream(FerPlus.Vote.values()).filter(vote -> vote.emotion().equals(Optional.of(emotion))).findFirst().orElseThrow();
    }

    private static IntColumn column(DataReport.Votes votes, String name, int column) {
        return Figures.counts(name, Arrays.stream(votes.counts()).mapToInt(row -> row[column]).toArray());
    }

    /** Mean and standard deviation of the values 0 to 255 of each split's pixels, and the shares of wholly black and white pixels. */
    public static Table pixels(FaceSet data) {
        List<Grey> splits = Arrays.stream(Split.values()).map(data::split).map(Statistics::grey).toList();
        return Table.create(values(data) + " of each split", StringColumn.create("Split", Arrays.stream(Split.values()).map(DataTables::title)),
                Figures.column("Mean", splits, Grey::mean, 1), Figures.column("Standard deviation", splits, Grey::deviation, 1),
                Figures.column("Share of black (0)", splits, Grey::black, 4), Figures.column("Share of white (255)", splits, Grey::white, 4));
    }

    private static String values(FaceSet data) {
        return data.format().colour() ? "RGB values" : "Grey values";
    }

    /** Mean and standard deviation of the values 0 to 255 of each class's training images; a class without images is left out. */
    public static Table pixelsByClass(FaceSet data) {
        List<Integer> present = present(data.training(), 1);
        List<Grey> classes = present.stream().map(e -> Statistics.grey(Statistics.ofClass(data.training(), e))).toList();
        return Table.create(values(data) + " of each class's training images",
                StringColumn.create("Class", present.stream().map(data.classes()::title)),
                Figures.column("Mean", classes, Grey::mean, 1), Figures.column("Standard deviation", classes, Grey::deviation, 1));
    }

    /**
     * What the classes look like: of the drawn sample the first three training images of each class; of photographs,
     * which are not ours to show, the pixel-wise average of each class's training images. Classes with fewer than
     * {@value #LEAST_AVERAGED} are left out, as an average of few still shows them; where no class has so many, the averages
     * of the splits are shown instead.
     */
    public static Picture pictures(FaceSet data) {
        int rows = data.origin().isSample() ? DRAWN_ROWS : 1;
        List<Integer> present = present(data.training(), data.origin().isSample() ? rows : LEAST_AVERAGED);
        List<byte[]> images = new ArrayList<>();
        List<String> captions = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            for (int label : present) {
                Faces faces = Statistics.ofClass(data.training(), label);
                images.add(data.origin().isSample() ? faces.pixels(i) : Statistics.average(faces));
                captions.add(data.classes().title(label));
            }
        }
        if (present.isEmpty()) {
            int least = Stream.of(Split.values()).anyMatch(split -> data.split(split).size() >= LEAST_AVERAGED) ? LEAST_AVERAGED : 1;
            Stream.of(Split.values()).filter(split -> data.split(split).size() >= least).forEach(split -> {
                images.add(Statistics.average(data.split(split)));
                captions.add(title(split));
            });
        }
        return Charts.imageGrid(data.origin().isSample() ? "Drawn faces of each class" : present.isEmpty() ? "The average image of each split"
                : "The average face of each class's training images", data.format(), images, captions,
                Math.max(present.size(), Split.values().length));
    }

    /** The labels of the classes with at least so many images. */
    static List<Integer> present(Faces faces, int atLeast) {
        int[] counts = faces.counts();
        return IntStream.range(0, counts.length).filter(label -> counts[label] >= atLeast).boxed().toList();
    }

    private static String title(Split split) {
        return switch (split) {
            case TRAINING -> "Training";
            case VALIDATION -> "Validation";
            case TEST -> "Test";
        };
    }
}
