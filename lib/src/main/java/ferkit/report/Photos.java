package ferkit.report;

import ferkit.chart.FaceBoxes;
import ferkit.chart.Picture;
import ferkit.data.FaceSet;
import ferkit.data.Faces;
import ferkit.data.Format;
import ferkit.data.drawn.Sample;
import ferkit.data.drawn.Scene;
import ferkit.data.report.Statistics;
import ferkit.eval.Figures;
import ferkit.photo.Box;
import ferkit.photo.FaceFinder;
import ferkit.photo.Photograph;
import ferkit.photo.Photographs;
import ferkit.photo.Seen;
import ferkit.photo.Speed;
import ferkit.study.Trained;
import ferkit.train.Refusal;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** Pictures and tables of faces in photographs. */
public final class Photos {
    private static final int ENLARGED = 4;
    private static final int TIMES = 5;
    private static final int ALONE = 512;

    private Photos() {}

    /** A drawn room in which a portrait of each of five classes hangs, the validation faces of the drawn sample. */
    public static Photograph scene() {
        Faces faces = Sample.draw().validation();
        return Photograph.of("a drawn room", Scene.draw(faces, hung(faces)));
    }

    private static List<Integer> hung(Faces faces) {
        return IntStream.of(3, 5, 0, 4, 6).mapToObj(label -> IntStream.range(0, faces.size()).filter(i -> faces.label(i) == label).skip(1).findFirst()
                .getAsInt()).toList();
    }

    /** The classes of the portraits in {@link #scene}, from left to right. */
    public static List<String> hung() {
        Faces faces = Sample.draw().validation();
        return hung(faces).stream().map(i -> faces.classes().title(faces.label(i))).toList();
    }

    /** The faces that are found in a picture, and the two likeliest classes that a run gives each. */
    public static Picture seen(Photograph picture, Trained model) throws InterruptedException {
        Seen seen = Refusal.attempt(() -> Photographs.look(picture, model));
        return FaceBoxes.picture(Figures.count(seen.faces().size(), "face") + " in " + picture.name(), picture.image(),
                seen.said().classes().titles(), IntStream.range(0, seen.faces().size()).mapToObj(i -> {
                    Box box = seen.faces().get(i);
                    return new FaceBoxes.Face(box.x(), box.y(), box.side(), seen.said().probabilities()[i]);
                }).toList());
    }

    /**
     * The same of pictures of one's own. What they show lands in the page.
     *
     * @param path a file, or a folder of such and of folders
     * @param leftOut takes a sentence on what is not read
     * @throws Refusal if there is none
     */
    public static List<Picture> seen(String path, Trained model, Consumer<String> leftOut) throws InterruptedException {
        List<Picture> pictures = new ArrayList<>();
        for (Path file : Refusal.attempt(() -> Photographs.files(Path.of(path), leftOut))) {
            try {
                pictures.add(seen(Photograph.read(file), model));
            } catch (IOException e) {
                leftOut.accept("Left out: " + e.getMessage());
            }
        }
        return pictures;
    }

    /**
     * Where the finder of faces sees one on the average of each class, enlarged into a larger picture: its box in pixels of the data set's own
     * images. Where it is the whole image, from 0 and as wide, faces are to be cut out without a margin. Numbers are missing where it sees none or several.
     */
    public static Table margins(FaceSet data) {
        Format format = data.format();
        List<Integer> classes = DataTables.present(data.training(), DataTables.LEAST_AVERAGED);
        List<double[]> boxes = new ArrayList<>();
        for (int label : classes) {
            Photograph enlarged = Photograph.of("average", enlarged(Statistics.average(Statistics.ofClass(data.training(), label)), format));
            List<Box> found = FaceFinder.find(enlarged, format);
            Box box = found.size() == 1 ? found.get(0) : null;
            boxes.add(box == null ? new double[] {Double.NaN, Double.NaN, Double.NaN}
                    : new double[] {box.x() / (double) ENLARGED - format.width() / 2.0, box.y() / (double) ENLARGED - format.height() / 2.0,
                        box.side() / (double) ENLARGED});
        }
        return Table.create("The finder's box on the average face of each class, in pixels of the images' " + format.width(),
                StringColumn.create("Class", classes.stream().map(data.classes()::title)), column("Left", boxes, 0), column("Top", boxes, 1),
                column("Width", boxes, 2));
    }

    private static DoubleColumn column(String name, List<double[]> boxes, int at) {
        return Figures.column(name, boxes.stream().mapToDouble(box -> box[at]).toArray(), 1);
    }

    /** An average in the middle of a picture twice as large, its edge repeated outwards. */
    private static BufferedImage enlarged(byte[] average, Format format) {
        int width = format.width();
        int height = format.height();
        BufferedImage wide = new BufferedImage(2 * width, 2 * height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < 2 * height; y++) {
            for (int x = 0; x < 2 * width; x++) {
                int at = Math.min(Math.max(y - height / 2, 0), height - 1) * width + Math.min(Math.max(x - width / 2, 0), width - 1);
                wide.setRGB(x, y, 0x010101 * (average[at * format.channels()] & 0xff));
            }
        }
        BufferedImage large = new BufferedImage(ENLARGED * wide.getWidth(), ENLARGED * wide.getHeight(), BufferedImage.TYPE_INT_RGB);
        Graphics2D g = large.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        g.drawImage(wide, 0, 0, large.getWidth(), large.getHeight(), null);
        g.dispose();
        return large;
    }

    /**
     * Rates by their names, measured now: pictures a second from the file of {@link #scene} to probabilities, the share of it that finding faces takes,
     * faces in the picture, and faces a second that are shown to the network alone.
     */
    public static Map<String, Double> rates(Trained model) throws IOException, InterruptedException {
        Speed speed = measured(model);
        Faces faces = Sample.draw().training().select(IntStream.range(0, ALONE).toArray());
        model.predict(faces);
        long begin = System.nanoTime();
        model.predict(faces);
        return Map.of("pictures", speed.rate(), "finder", speed.findersShare(), "faces", (double) speed.faces(),
                "network", ALONE / ((System.nanoTime() - begin) / 1e9));
    }

    private static Speed measured(Trained model) throws IOException, InterruptedException {
        Path file = Files.createTempFile("scene", ".png");
        try {
            ImageIO.write(scene().image(), "png", file.toFile());
            return Speed.of(file, model, TIMES);
        } finally {
            Files.delete(file);
        }
    }

    /** How long a picture takes from its file to probabilities, measured now on {@link #scene}. */
    public static Table speed(Trained model) throws InterruptedException {
        Speed speed = Refusal.attempt(() -> measured(model));
        double all = 1 / speed.rate();
        return Table.create("From file to probabilities, a picture with " + Figures.count(speed.faces(), "face"),
                StringColumn.create("Step", "reading the file", "finding faces", "cutting out, network", "all"),
                Figures.column("Milliseconds", new double[] {1e3 * speed.reading(), 1e3 * speed.finding(), 1e3 * speed.saying(), 1e3 * all}, 1),
                Figures.column("Share", new double[] {speed.reading() / all, speed.findersShare(), speed.saying() / all, 1}, 2));
    }
}
