package ferkit.photo;

import ferkit.data.Classes;
import ferkit.data.FaceList;
import ferkit.data.Faces;
import ferkit.data.Format;
import ferkit.data.file.AtomicFile;
import ferkit.data.file.Source;
import ferkit.eval.Evaluation;
import ferkit.eval.Figures;
import ferkit.study.Trained;
import ferkit.train.Predictions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What finished runs say of the faces in photographs. */
public final class Photographs {
    private static final String HEADER = "file,x,y,side,predicted";
    private static final long QUIET_NANOS = 5_000_000_000L;

    private Photographs() {}

    /** One face that was found. */
    private record Found(String file, Box box, int truth) {}

    /** The faces in a picture and what a run says of each. */
    public static Seen look(Photograph picture, Trained model) throws IOException, InterruptedException {
        Format format = model.run().config().format();
        List<Box> boxes = FaceFinder.find(picture, format);
        return new Seen(picture, boxes, model.predict(picture.faces(boxes, model.run().config().classes(), format)));
    }

    /**
     * The pictures at a place: a PNG or JPEG file, or those of a folder and of the folders in it.
     *
     * @throws IOException if there are none
     */
    public static List<Path> files(Path place) throws IOException {
        if (Files.isRegularFile(place)) {
            return List.of(place);
        }
        if (!Files.isDirectory(place)) {
            throw new IOException(place + ": no such file or folder, expected PNG or JPEG pictures; name another path or put them there");
        }
        try (Stream<Path> inside = Files.walk(place, 2)) {
            List<Path> files = inside.filter(file -> file.getFileName().toString().matches("(?i)[^.].*\\.(png|jpe?g)") && Files.isRegularFile(file)
                    && !Source.clutter(file)).sorted().toList();
            if (files.isEmpty()) {
                throw new IOException(place + " holds no picture (.png, .jpg, .jpeg), nor does a folder in it; name another folder");
            }
            return files;
        }
    }

    /**
     * Finds the faces in pictures and writes a line for each: file, its box in pixels of the upright picture, the likeliest class and a probability
     * for each class. A picture that cannot be read or has no face is named, and the others go on.
     *
     * @param place a file or a folder; in folders in it that have a class's name, faces are held against it
     * @param models whose mean is taken, all of the same classes and format
     * @param out the file of lines
     * @param log takes one sentence at a time
     * @throws IllegalArgumentException if the runs are of other classes or formats
     * @throws IOException if there is no picture or none can be read, or {@code out} is there and not such a file, or cannot be written
     * @throws InterruptedException if the thread was interrupted; nothing is written then
     */
    public static void predict(Path place, List<Trained> models, Path out, Consumer<String> log) throws IOException, InterruptedException {
        Classes classes = models.get(0).run().config().classes();
        Format format = models.get(0).run().config().format();
        if (models.stream().anyMatch(m -> !m.run().config().classes().equals(classes) || !m.run().config().format().equals(format))) {
            throw new IllegalArgumentException("The runs are of different classes or images: expected runs of the same");
        }
        requireReplaceable(out);
        List<Path> files = files(place);
        List<Found> found = new ArrayList<>();
        FaceList faces = new FaceList(format);
        int without = 0;
        int unread = 0;
        long begin = System.nanoTime();
        long said = begin;
        for (int i = 0; i < files.size(); i++) {
            if (Thread.interrupted()) {
                throw new InterruptedException("Stopped: nothing was written");
            }
            Path file = files.get(i);
            try {
                Photograph picture = Photograph.read(file);
                List<Box> boxes = FaceFinder.find(picture, format);
                faces.addAll(picture.faces(boxes, format));
                String name = place.equals(file) ? file.getFileName().toString() : place.relativize(file).toString().replace('\\', '/');
                boxes.forEach(box -> found.add(new Found(name, box.times(picture.scale()), truth(place, file, classes))));
                if (boxes.isEmpty()) {
                    without++;
                    log.accept(file + ": no face was found, expected one of at least " + FaceFinder.SMALLEST + " pixels that looks at the camera");
                }
            } catch (IOException e) {
                unread++;
                log.accept("Left out: " + e.getMessage());
            }
            if (System.nanoTime() - said > QUIET_NANOS) {
                said = System.nanoTime();
                double rate = (i + 1) / ((said - begin) / 1e9);
                log.accept(String.format(Locale.ROOT, "%,d of %,d pictures, %,d faces, %.1f pictures/s, %s left", i + 1, files.size(), found.size(),
                        rate,
                        Figures.duration((files.size() - i - 1) / rate)));
            }
        }
        if (unread == files.size()) {
            throw new IOException("None of " + Figures.count(files.size(), "picture") + " in " + place + " could be read: nothing was written");
        }
        Predictions predictions = mean(models, faces.toFaces(classes));
        write(out, found, predictions);
        log.accept(String.format(Locale.ROOT, "%s in %s%s%s: %s", Figures.count(found.size(), "face"), Figures.count(files.size(), "picture"),
                without > 0 ? ", " + without + " without one" : "", unread > 0 ? ", " + unread + " left out" : "", out));
        report(found, predictions).ifPresent(evaluation -> log.accept("Of the faces in folders with a class's name, "
                + Figures.fixed(evaluation.accuracy(), 4) + " are named as their folder (95 % interval " + evaluation.interval().text() + ").\n\n"
                + evaluation.report()));
    }

    /** Before the first picture, not after the last. */
    private static void requireReplaceable(Path out) throws IOException {
        Path folder = out.toAbsolutePath().getParent();
        if (!Files.isDirectory(folder)) {
            throw new IOException(folder + " is no folder: make it first, or name a file in another");
        }
        if (Files.isDirectory(out) || Files.exists(out) && !Source.starts(Source.head(out), HEADER)) {
            throw new IOException(out + " is there and no file of predictions: it would be replaced; name another file");
        }
    }

    private static Predictions mean(List<Trained> models, Faces faces) throws IOException, InterruptedException {
        List<Predictions> each = new ArrayList<>();
        for (Trained model : models) {
            each.add(model.predict(faces));
        }
        return Predictions.mean(each);
    }

    private static int truth(Path place, Path file, Classes classes) {
        return place.equals(file.getParent()) || place.equals(file) ? Faces.NO_LABEL
                : classes.named(file.getParent().getFileName().toString()).orElse(Faces.NO_LABEL);
    }

    private static Optional<Evaluation> report(List<Found> found, Predictions said) {
        int[] labelled = IntStream.range(0, found.size()).filter(i -> found.get(i).truth != Faces.NO_LABEL).toArray();
        return labelled.length == 0 ? Optional.empty()
                : Optional.of(Evaluation.of(new Predictions(said.classes(), IntStream.of(labelled).map(i -> found.get(i).truth).toArray(),
                        IntStream.of(labelled).map(i -> said.predicted()[i]).toArray(),
                        IntStream.of(labelled).mapToObj(i -> said.probabilities()[i]).toArray(float[][]::new))));
    }

    private static void write(Path out, List<Found> found, Predictions said) throws IOException {
        StringBuilder text = new StringBuilder(HEADER);
        said.classes().titles().forEach(title -> text.append(',').append(cell(title)));
        text.append('\n');
        for (int i = 0; i < found.size(); i++) {
            Box box = found.get(i).box;
            text.append(cell(found.get(i).file)).append(',').append(box.x()).append(',').append(box.y()).append(',').append(box.side()).append(',')
                    .append(cell(said.classes().title(said.predicted()[i])));
            for (float probability : said.probabilities()[i]) {
                text.append(',').append(probability);
            }
            text.append('\n');
        }
        AtomicFile.write(out.toAbsolutePath(), text.toString());
    }

    /** As RFC 4180 writes what has a comma, a quote or a line break in it. */
    private static String cell(String text) {
        return text.matches("(?s).*[,\"\n\r].*") ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }
}
