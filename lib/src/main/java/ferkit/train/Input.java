package ferkit.train;

import ferkit.data.Faces;
import ferkit.data.Format;

/** How images become what a network is fed, and what is done to them while it is trained. */
public interface Input {
    /** The words for none. */
    String NO_AUGMENTATION = "none";

    /** The images of one split; {@link Examples#inEpoch} augments them. */
    Examples examples(Faces faces);

    /** What a network is fed of images of this format, in words; another input has other words. */
    String plan(Format format);

    /** What is done besides to the images that it is trained on, in words. */
    default String augmentation() {
        return NO_AUGMENTATION;
    }

    /** Pixels 0 to 255 as they are, as the study feeds its grey ones; its methods add to that. */
    static PixelInput grey() {
        return PixelInput.RAW;
    }
}
