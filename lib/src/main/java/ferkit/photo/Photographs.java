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
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What finished runs say of the faces in photographs. */
public final class Photographs {
    private static final String LEFT_OUT = "Left out: ";
    private static final String HEADER = "file,x,y,side,predicted";
    private static final String NAMES = "(?i).+\\.(png|jpe?g|jfif|bmp|gif)";
    /** Of files that are pictures too, and not read. */
    private static final String OTHER_NAMES = "(?i).+\\.(webp|tiff?|hei[cf]|avif|jp2|jxl|svg|psd|dng|cr[23]|nef|arw)";
    /** So many are named where all cannot be. */
    private static final int NAMED = 3;
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
     * The pictures at a place: a file, or those of a folder and of all folders below it, without {@link Source#clutter}.
     *
     * @param log takes a sentence on pictures of kinds that are not read, and on each file and folder that cannot be looked at
     * @throws IOException if there are none
     */
    public static List<Path> files(Path place, Consumer<String> log) throws IOException {
        if (Files.isRegularFile(place)) {
            return List.of(place);
        }
        if (!Files.isDirectory(place)) {
            throw new IOException(place + ": no such file or folder, expected pictures; name another path or put them there");
        }
        List<Path> all = new ArrayList<>();
        Files.walkFileTree(place, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return folder.equals(place) || !Source.clutter(folder) ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (!attributes.isOther()) { // a pipe would be waited for
                    all.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                log.accept(LEFT_OUT + Source.sentence(e, file));
                return FileVisitResult.CONTINUE;
            }
        });
        List<String> others = named(all, OTHER_NAMES).map(file -> name(place, file)).toList();
        if (!others.isEmpty()) {
            log.accept(LEFT_OUT + Figures.count(others.size(), "picture") + " of kinds that are not read (" + some(others)
                    + "); save them as PNG or JPEG");
        }
        List<Path> files = named(all, NAMES).toList();
        if (files.isEmpty()) {
            throw new IOException(place + " holds no picture (PNG, JPEG, BMP or GIF), nor does a folder below it; name another folder");
        }
        return files;
    }

    private static Stream<Path> named(List<Path> files, String names) {
        return files.stream().filter(file -> !Source.clutter(file) && file.getFileName().toString().matches(names)).sorted();
    }

    /** A file's name below a place, its parts with a slash between them, or alone. */
    private static String name(Path place, Path file) {
        return place.equals(file) ? file.getFileName().toString() : place.relativize(file).toString().replace('\\', '/');
    }

    private static String some(List<String> names) {
        return String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
                + (names.size() > NAMED ? " and " + (names.size() - NAMED) + " more" : "");
    }

    /**
     * Finds the faces in pictures and writes a line for each: file, its box in pixels of the upright picture, the likeliest class and a probability
     * for each class. A picture that cannot be read or has no face is named, and the others go on.
     *
     * @param place a file or a folder; in folders in it that have a class's name, faces are held against it
     * @param models whose mean is taken, all of the same classes and format; one that is there several times counts as often
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
        List<Path> files = files(place, log);
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
                boxes.forEach(box -> found.add(new Found(name(place, file), box.times(picture.scale()), truth(place, file, classes))));
                if (boxes.isEmpty()) {
                    without++;
                    log.accept(file + ": no face was found, expected one of at least " + FaceFinder.SMALLEST + " pixels that looks at the camera");
                }
            } catch (IOException e) {
                unread++;
                log.accept(LEFT_OUT + e.getMessage());
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
        List<String> unknown = found.stream().filter(face -> face.truth == Faces.NO_LABEL && face.file.contains("/"))
                .map(face -> face.file.substring(0, face.file.lastIndexOf('/'))).toList();
        if (!unknown.isEmpty()) {
            log.accept(Figures.count(unknown.size(), "face") + " in folders with no class's name (" + some(unknown.stream().distinct().toList())
                    + ") are held against none; to have them counted, name the folders as the classes are named: "
                    + String.join(", ", classes.titles()));
        }
        report(found, predictions).ifPresent(evaluation -> log.accept("Of the faces in folders with a class's name, "
                + Figures.fixed(evaluation.accuracy(), 4) + " are named as their folder (95 % interval " + evaluation.interval().text() + ")."
                + (evaluation.absent().isEmpty() ? "" : " The report and its averages are without the classes that do not occur: "
                        + String.join(", ", evaluation.absent()) + ".")
                + "\n\n" + evaluation.reportOfPresent()));
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
            int before = models.indexOf(model);
            each.add(before < each.size() ? each.get(before) : model.predict(faces));
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
