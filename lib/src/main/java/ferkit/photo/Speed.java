package ferkit.photo;

import ferkit.data.Classes;
import ferkit.data.FaceList;
import ferkit.data.Format;
import ferkit.study.Trained;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * How long it takes from a picture's file to probabilities, in seconds a picture.
 *
 * @param reading of the file
 * @param finding of the faces
 * @param saying what they show, cutting out included
 * @param faces found in it
 */
public record Speed(double reading, double finding, double saying, int faces) {
    /** Measures it on one file, looked at so many times after a first time; what the run says is asked once for all, as {@link Photographs#predict} does. */
    public static Speed of(Path file, Trained model, int times) throws IOException, InterruptedException {
        Format format = model.run().config().format();
        Classes classes = model.run().config().classes();
        Photographs.look(Photograph.read(file), model);
        FaceList faces = new FaceList(format);
        double[] seconds = new double[2];
        for (int i = 0; i < times; i++) {
            long begin = System.nanoTime();
            Photograph picture = Photograph.read(file);
            long read = System.nanoTime();
            List<Box> boxes = FaceFinder.find(picture, format);
            seconds[0] += (read - begin) / 1e9;
            seconds[1] += (System.nanoTime() - read) / 1e9;
            faces.addAll(picture.faces(boxes, format));
        }
        long begin = System.nanoTime();
        model.predict(faces.toFaces(classes));
        return new Speed(seconds[0] / times, seconds[1] / times, (System.nanoTime() - begin) / 1e9 / times, faces.size() / times);
    }

    /** Pictures a second, from file to probabilities. */
    public double rate() {
        return 1 / (reading + finding + saying);
    }

    /** The share of the time that finding faces takes, 0 to 1. */
    public double findersShare() {
        return finding * rate();
    }
}
