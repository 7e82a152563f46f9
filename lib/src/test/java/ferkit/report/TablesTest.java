package ferkit.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ferkit.data.Classes;
import ferkit.data.FaceSet;
import ferkit.data.Faces;
import ferkit.data.Format;
import ferkit.data.Origin;
import ferkit.data.drawn.Sample;
import ferkit.data.report.DataReport;
import ferkit.eval.Figures;
import ferkit.model.EfficientNet.Variant;
import ferkit.model.StudyModel;
import ferkit.model.Summary;
import ferkit.study.Published;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Table;

class TablesTest {
    /** Two images a split: one wholly black 'angry' one, one wholly grey 200 'neutral' one. */
    private static FaceSet photographs() {
        byte[] pixels = new byte[2 * Faces.PIXELS];
        Arrays.fill(pixels, Faces.PIXELS, 2 * Faces.PIXELS, (byte) 200);
        Faces faces = new Faces(pixels, new byte[] {0, 6});
        return new FaceSet(new Origin(Origin.Kind.OTHER_SPLIT, "test"), faces, faces, faces);
    }

    @Test
    void countsAddUp() {
        FaceSet sample = Sample.draw();
        Table table = DataTables.countTable(sample);
        assertEquals(8, table.rowCount());
        assertEquals(640, table.intColumn("Training").get(7));
        assertEquals(250, table.intColumn("Test").get(7));
        assertEquals(1, table.doubleColumn("Share of training").get(7));
        assertArrayEquals(sample.validation().counts(), DataTables.counts(sample).get("Validation"));
    }

    @Test
    void imagesWithoutALabelAreCountedToo() {
        Faces none = new Faces(new byte[0], new byte[0]);
        FaceSet data = new FaceSet(new Origin(Origin.Kind.OTHER_SPLIT, "test"), photographs().training(), none,
                new Faces(new byte[Faces.PIXELS], new byte[] {Faces.NO_LABEL}));
        Table table = DataTables.countTable(data);
        assertEquals(List.of("Without a label", "All"), table.stringColumn("Class").asList().subList(7, 9));
        assertEquals(1, table.intColumn("Test").get(7));
        assertEquals(1, table.intColumn("Test").get(8));
        assertEquals("–", table.doubleColumn("Share of training").getString(7));
    }

    @Test
    void theDataReportsTables() {
        FaceSet data = photographs();
        Table official = DataTables.officialTable(data);
        assertEquals("28,709", official.intColumn("Training: official").getString(7));
        assertEquals("−28,707", official.intColumn("Training: more").getString(7));
        Table findings = DataTables.findings(new DataReport(data, Optional.empty(), progress -> {}));
        assertEquals("2", findings.intColumn("Test").getString(4));
        assertEquals("–", findings.intColumn("Training").getString(4));
        assertEquals("–", findings.intColumn("Validation").getString(8));
        int[][] counts = new int[7][11];
        counts[0][10] = 3;
        counts[6][9] = 2;
        counts[0][4] = 5;
        Table agreement = DataTables.agreement(new DataReport.Votes(counts, new int[3]));
        assertEquals(3, agreement.intColumn("No majority").get(0));
        assertEquals(2, agreement.intColumn("Not a face").get(6));
        assertEquals(5, agreement.intColumn("Angry").get(0));
        assertEquals("Angry", agreement.columnNames().get(1));
    }

    @Test
    void greyValues() {
        Table table = DataTables.pixels(photographs());
        assertEquals(3, table.rowCount());
        assertEquals(100, table.doubleColumn("Mean").get(0), 1e-9);
        assertEquals(100, table.doubleColumn("Standard deviation").get(0), 1e-9);
        assertEquals(0.5, table.doubleColumn("Share of black (0)").get(2), 1e-9);
        assertEquals(0, table.doubleColumn("Share of white (255)").get(2), 0);
        Table byClass = DataTables.pixelsByClass(photographs());
        assertEquals(List.of("Angry", "Neutral"), byClass.stringColumn("Class").asList());
        assertEquals(200, byClass.doubleColumn("Mean").get(1), 1e-9);
    }

    @Test
    void photographsAreShownAsAveragesOnly() {
        byte[] pixels = new byte[31 * Faces.PIXELS];
        Arrays.fill(pixels, 0, 10 * Faces.PIXELS, (byte) 255);
        byte[] labels = new byte[31];
        Arrays.fill(labels, (byte) 2);
        labels[30] = 4; // alone in its class, and black
        Faces faces = new Faces(pixels, labels);
        BufferedImage averages = DataTables.pictures(new FaceSet(new Origin(Origin.Kind.FER2013, "FER2013"), faces, faces, faces)).image();
        BufferedImage drawn = DataTables.pictures(Sample.draw()).image();
        byte[] none = new byte[31];
        Arrays.fill(none, (byte) -1);
        Faces unlabelled = new Faces(pixels, none);
        FaceSet nameless = new FaceSet(new Origin(Origin.Kind.OTHER_SPLIT, "test"), unlabelled, unlabelled, unlabelled);
        assertEquals(averages.getHeight(), DataTables.pictures(nameless).image().getHeight());
        assertTrue(drawn.getHeight() > 2.5 * averages.getHeight(), "three rows of drawings, one of averages");
        for (int x = 0; x < averages.getWidth(); x++) {
            int grey = averages.getRGB(x, 40) & 0xff;
            assertTrue(grey == 85 || grey == 255, "found a pixel of a single photograph: " + grey);
        }
    }

    @Test
    void plansAndSummariesReadAsInTheStudy() {
        Table plans = ModelTables.plans(StudyModel.ALL);
        assertEquals("max, avg, avg", plans.stringColumn("Pools").get(5));
        assertEquals("valid", plans.stringColumn("Padding of a block's second convolution").get(5));
        assertEquals("5×5", plans.stringColumn("Kernel").get(3));
        Table summary = ModelTables.summary(Summary.of(StudyModel.named("6")));
        assertEquals("813,671", summary.intColumn("Parameters").getString(summary.rowCount() - 2));
        assertEquals("(32, 48, 48)", summary.stringColumn("Output shape").get(0));
        assertEquals("ReLU", summary.stringColumn("Layer").get(1));
        assertEquals("MaxPool2d", summary.stringColumn("Layer").get(5));
        assertEquals("320", summary.intColumn("Parameters").getString(0));
    }

    @Test
    void sizesAreToBeReadAcross() {
        Table sizes = ModelTables.sizes(List.of(StudyModel.named("2"), StudyModel.named("3"), StudyModel.named("5"), StudyModel.named("6")),
                photographs());
        assertEquals(List.of("Model 2", "26", "286,432", "4,608", "1,179,904", "1,469,031", "1.00", "86.8"), row(sizes, 0));
        assertEquals("3.99", row(sizes, 1).get(6));
        assertEquals(List.of("33", "2,304"), List.of(row(sizes, 2).get(1), row(sizes, 2).get(3)));
        assertEquals(List.of("Model 6", "26", "286,432", "2,048", "524,544", "813,671", "0.55", "63.5"), row(sizes, 3));
    }

    @Test
    void theHeadHasAsManyUnitsAsTheDataHaveClasses() {
        Faces none = new Faces(Classes.WITH_CONTEMPT, Format.FER2013, new byte[0], new byte[0]);
        Table parts = ModelTables.parts(Variant.LITE0, 32, new FaceSet(new Origin(Origin.Kind.OTHER_SPLIT, "none"), none, none, none));
        assertEquals(List.of("Dense 128, ReLU, Dense 8", "(8)", "165,000", "165,000"), row(parts, parts.rowCount() - 2));
        assertEquals("Dense 128, ReLU, Dense 7", row(ModelTables.parts(Variant.LITE0, 32, photographs()), parts.rowCount() - 2).get(0));
    }

    private static List<String> row(Table table, int row) {
        return table.columns().stream().map(column -> column.getString(row)).toList();
    }

    @Test
    void receptiveFieldsReachIntoThePadding() {
        assertEquals(
                "In Model 5 each number behind the last pooling sees 76×76 pixels; along the width its 3 places see from −30 to 45, from −14 to 61, from 2 to 77.",
                ModelTables.fields(StudyModel.named("5"), photographs()));
        assertEquals(
                "In Model 6 each number behind the last pooling sees 36×36 pixels; along the width its 4 places see from −7 to 28, from 1 to 36, from 9 to 44, from 17 to 52.",
                ModelTables.fields(StudyModel.named("6"), photographs()));
    }

    @Test
    void theStudysFiguresAreToldInASentence() {
        assertEquals(
                "In the study, best validation accuracy went from 0.6512 (Model 2) to 0.6506 (Model 6), a difference of −0.0006, and training accuracy at those "
                        + "epochs from " + Figures.fixed(Published.result("model-2").trainingAccuracy(), 4) + " to "
                        + Figures.fixed(Published.result("model-6").trainingAccuracy(), 4) + ".",
                ModelTables.inTheStudy("model-2", "model-6"));
    }
}
