package ferkit.train;

import ferkit.data.Faces;

/** How images become what a network is fed, and what is done to them while it is trained. */
public interface Input {
    /** The images of one split; {@link Examples#inEpoch} augments them. */
    Examples examples(Faces faces);

    /** In words; another input has other words. */
    String plan();

    /** Grey values 0 to 255 as they are, as the study feeds them; its methods add to that. */
    static GreyInput grey() {
        return new GreyInput(false, 0, 0, 0, 0, 0, 0, 0);
    }
}
