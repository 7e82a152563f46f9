package ferkit.data.drawn;

import ferkit.data.Emotion;
import java.util.SplittableRandom;

/**
 * What the parts of a face do, as differences from a face at rest. Lengths are in halves of the head's height.
 *
 * @param browInner the brows' inner ends, upwards
 * @param browOuter the brows' outer ends, upwards
 * @param browTogether the brows' inner ends, towards the middle
 * @param eyeOpen the upper lids' height, 1 at rest
 * @param lowerLid how far the lower lids are raised, 0 to 1
 * @param mouthCorner the mouth's corners, upwards
 * @param mouthWidth times the width at rest
 * @param mouthOpen height of the opening
 * @param teeth share of the opening that shows teeth
 * @param upperLip the upper lip's middle, upwards
 * @param cheekFold depth of the folds from nose to mouth, 0 to 1
 * @param frown depth of the folds between the brows and on the nose, 0 to 1
 */
record Expression(double browInner, double browOuter, double browTogether, double eyeOpen, double lowerLid,
        double mouthCorner, double mouthWidth, double mouthOpen, double teeth, double upperLip, double cheekFold, double frown) {

    private static final Expression REST = new Expression(0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0);

    /** How each emotion looks at full strength (after Ekman and Friesen's action units), in two ways each. */
    private static Expression[] of(Emotion emotion) {
        return switch (emotion) {
            case ANGRY -> new Expression[] {
                new Expression(-0.15, 0.06, 0.05, 0.80, 0.4, -0.07, 0.85, 0.00, 0.00, 0.00, 0.4, 1.0),
                new Expression(-0.16, 0.07, 0.06, 0.95, 0.4, -0.04, 1.05, 0.28, 1.00, 0.04, 0.8, 1.0)};
            case DISGUST -> new Expression[] {
                new Expression(-0.11, -0.02, 0.03, 0.50, 0.7, -0.12, 0.90, 0.06, 0.30, 0.08, 1.0, 0.8),
                new Expression(-0.10, -0.04, 0.03, 0.45, 0.8, -0.08, 1.05, 0.20, 0.40, 0.09, 1.0, 0.9)};
            case FEAR -> new Expression[] {
                new Expression(0.16, 0.04, 0.05, 1.50, -0.2, -0.07, 1.20, 0.18, 0.60, 0.01, 0.3, 0.2),
                new Expression(0.15, 0.02, 0.05, 1.45, -0.1, -0.09, 1.05, 0.33, 0.30, 0.01, 0.3, 0.2)};
            case HAPPY -> new Expression[] {
                new Expression(0.01, 0.02, 0.00, 0.70, 0.7, 0.16, 1.35, 0.21, 0.80, 0.00, 0.9, 0.0),
                new Expression(0.01, 0.01, 0.00, 0.85, 0.4, 0.14, 1.20, 0.00, 0.00, 0.00, 0.6, 0.0)};
            case SAD -> new Expression[] {
                new Expression(0.14, -0.07, 0.02, 0.65, 0.1, -0.13, 0.85, 0.00, 0.00, 0.00, 0.3, 0.1),
                new Expression(0.15, -0.07, 0.03, 0.40, 0.5, -0.16, 1.10, 0.11, 0.20, 0.02, 0.8, 0.3)};
            case SURPRISE -> new Expression[] {
                new Expression(0.16, 0.17, -0.01, 1.55, -0.2, 0.00, 0.65, 0.45, 0.15, 0.00, 0.0, 0.0),
                new Expression(0.15, 0.16, -0.01, 1.50, -0.1, 0.01, 0.75, 0.25, 0.20, 0.00, 0.0, 0.0)};
            case NEUTRAL -> new Expression[] {REST, REST};
        };
    }

    /** An emotion shown weakly (one face in five) or strongly, with the scatter that faces have. */
    static Expression random(Emotion emotion, SplittableRandom random) {
        Expression full = of(emotion)[random.nextInt(2)];
        double strength = drawStrength(random);
        return new Expression(
                part(0, full.browInner, strength, 0.025, random),
                part(0, full.browOuter, strength, 0.025, random),
                part(0, full.browTogether, strength, 0.015, random),
                part(1, full.eyeOpen, strength, 0.12, random),
                part(0, full.lowerLid, strength, 0.12, random),
                part(0, full.mouthCorner, strength, 0.022, random),
                part(1, full.mouthWidth, strength, 0.07, random),
                Math.max(0, part(0, full.mouthOpen, strength, 0.02, random)),
                Math.max(0, part(0, full.teeth, 1, 0.15, random)),
                Math.max(0, part(0, full.upperLip, strength, 0.01, random)),
                Math.max(0, part(0, full.cheekFold, strength, 0.15, random)),
                Math.max(0, part(0, full.frown, strength, 0.12, random)));
    }

    private static double drawStrength(SplittableRandom random) {
        return random.nextInt(5) == 0 ? 0.1 + 0.3 * random.nextDouble() : 0.9 + 0.3 * random.nextDouble();
    }

    /** How strongly the face that begins with this generator shows its emotion: 0.1 to 0.4, or 0.9 to 1.2. */
    static double strength(SplittableRandom random) {
        random.nextInt(2);
        return drawStrength(random);
    }

    private static double part(double rest, double full, double strength, double scatter, SplittableRandom random) {
        return rest + strength * (full - rest) + scatter * DrawnFace.gauss(random);
    }
}
