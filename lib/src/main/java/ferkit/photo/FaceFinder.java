package ferkit.photo;

import ferkit.data.Format;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_objdetect;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.RectVector;
import org.bytedeco.opencv.opencv_core.Size;
import org.bytedeco.opencv.opencv_objdetect.CascadeClassifier;

/**
 * Finds faces that look at the camera: OpenCV's cascade of boosted classifiers (Viola and Jones 2001; Lienhart's frontal faces "alt2"). Its box is
 * what FER2013's pictures show: on the averages of FER2013's classes it is 46 to 49 of their 48 pixels wide and off by one at most, but for Disgust,
 * of which there are few, 53; so faces are cut out without a margin.
 */
public final class FaceFinder {
    /** Smallest face that is looked for, in pixels of a {@link Photograph}. */
    public static final int SMALLEST = 32;

    private static final String CASCADE = "haarcascade_frontalface_alt2.xml";
    /** Each next size that is looked for is larger by this. */
    private static final double STEP = 1.1;
    /** So many overlapping windows must agree. */
    private static final int AGREEING = 3;
    private static final int RGB = 3;

    private static CascadeClassifier cascade;

    private FaceFinder() {}

    /** Lets the search for faces use so many threads. */
    public static synchronized void useThreads(int threads) {
        load();
        opencv_core.setNumThreads(threads);
    }

    /**
     * The faces in a picture, from left to right; a picture that has just the size of a format is taken for a face that was cut out.
     *
     * @throws IllegalStateException if OpenCV's library cannot be loaded
     */
    public static synchronized List<Box> find(Photograph picture, Format format) {
        if (picture.width() == format.width() && picture.height() == format.height() && format.width() == format.height()) {
            return List.of(new Box(0, 0, format.width()));
        }
        List<Box> boxes = new ArrayList<>();
        load();
        try (Mat grey = new Mat(picture.height(), picture.width(), opencv_core.CV_8UC1);
                RectVector found = new RectVector();
                Size least = new Size(SMALLEST, SMALLEST);
                Size most = new Size()) {
            byte[] values = new byte[picture.width() * picture.height()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (byte) Photograph.luma(picture.pixels(), RGB * i);
            }
            grey.data().put(values);
            cascade.detectMultiScale(grey, found, STEP, AGREEING, 0, least, most);
            for (Rect rect : found.get()) {
                boxes.add(new Box(rect.x(), rect.y(), rect.width()));
            }
        }
        boxes.sort(Comparator.comparingInt(Box::x).thenComparingInt(Box::y));
        return boxes;
    }

    private static void load() {
        if (cascade == null) {
            try {
                Loader.load(opencv_objdetect.class);
                cascade = new CascadeClassifier(Loader.cacheResource(
                        "org/bytedeco/opencv/" + Loader.getPlatform() + "/share/opencv4/haarcascades/" + CASCADE).getAbsolutePath());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (UnsatisfiedLinkError e) {
                throw new IllegalStateException("OpenCV's library, which finds faces, cannot be loaded (" + e.getMessage() + ")", e);
            }
        }
    }
}
