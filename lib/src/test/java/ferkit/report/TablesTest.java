package ferkit.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ferkit.data.DataReport;
import ferkit.data.FaceSet;
import ferkit.data.Faces;
import ferkit.data.Origin;
import ferkit.data.Sample;
import ferkit.model.StudyModel;
import ferkit.model.Summary;
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
        Table findings = DataTables.findings(DataReport.of(data, Optional.empty(), progress -> {}));
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
}
