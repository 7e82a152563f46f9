package ferkit.data.drawn;

import ferkit.data.Emotion;
import ferkit.data.Faces;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;

/**
 * Draws one face for {@link Sample}. Everything is a polygon, filled with Java2D without antialiasing at four times the
 * size and then averaged down, and every function with rounding is {@link StrictMath}'s, so that all machines and Java
 * versions draw the same bytes.
 *
 * <p>A face lives in coordinates of its own: u to the right, v downwards, both 0 in the middle of the head, v from
 * −1 (top) to 1 (chin). {@link #place} turns the head and puts it on the picture.
 */
final class DrawnFace {
    private static final int SCALE = 4;
    private static final int STEPS = 20;

    private final SplittableRandom random;
    private final Expression mimic;
    private final BufferedImage canvas = new BufferedImage(Faces.SIDE * SCALE, Faces.SIDE * SCALE, BufferedImage.TYPE_INT_RGB);
    private final Graphics2D graphics = canvas.createGraphics();

    private final double size;
    private final double shiftX;
    private final double shiftY;
    private final double yaw;
    private final double pitch;
    private final double cosRoll;
    private final double sinRoll;
    private final double cosYaw;
    private final double sinYaw;
    private final double cosPitch;
    private final double sinPitch;

    private final double headWidth;
    private final double jaw;
    private final double skin;
    private final double hair;
    private final double eyeU;
    private final double eyeV;
    private final double eyeWidth;
    private final double mouthV;
    private final double mouthWidth;
    private final double lips;
    private final double browThickness;
    private final double hairline;
    private final double gaze;

    private DrawnFace(Emotion emotion, SplittableRandom random) {
        this.random = random;
        mimic = Expression.random(emotion, random);
        size = between(27, 29) * SCALE;
        shiftX = 0.4 * gauss(random) * SCALE;
        shiftY = (0.4 * gauss(random) - 2.2) * SCALE;
        double roll = 0.05 * gauss(random);
        yaw = 0.08 * gauss(random);
        pitch = 0.04 * gauss(random);
        cosRoll = StrictMath.cos(roll);
        sinRoll = StrictMath.sin(roll);
        cosYaw = StrictMath.cos(yaw);
        sinYaw = StrictMath.sin(yaw);
        cosPitch = StrictMath.cos(pitch);
        sinPitch = StrictMath.sin(pitch);
        headWidth = between(0.70, 0.84);
        jaw = between(2.0, 3.0);
        skin = between(125, 225);
        hair = Math.min(skin - 35, random.nextInt(4) == 0 ? between(90, 190) : between(12, 80));
        eyeU = between(0.33, 0.37);
        eyeV = between(-0.15, -0.10);
        eyeWidth = between(0.16, 0.19);
        mouthV = between(0.49, 0.55);
        mouthWidth = between(0.27, 0.32);
        lips = between(0.04, 0.065);
        browThickness = between(0.035, 0.055);
        hairline = between(-0.80, -0.66);
        gaze = Math.max(-1, Math.min(1, 0.8 * gauss(random)));
    }

    /** A face of 2,304 grey bytes that shows this emotion; everything else is chance. */
    static byte[] draw(Emotion emotion, SplittableRandom random) {
        DrawnFace face = new DrawnFace(emotion, random);
        face.background();
        face.head();
        face.folds();
        face.nose();
        face.eye(-1);
        face.eye(1);
        face.mouth();
        face.brow(-1);
        face.brow(1);
        face.extras();
        face.graphics.dispose();
        return face.photograph();
    }

    /** A random number of mean 0 and deviation 1, near enough to a normal one: twelve uniform ones added up. */
    static double gauss(SplittableRandom random) {
        double sum = -6;
        for (int i = 0; i < 12; i++) {
            sum += random.nextDouble();
        }
        return sum;
    }

    private double between(double low, double high) {
        return low + (high - low) * random.nextDouble();
    }

    private void background() {
        double tone = between(20, 235);
        graphics.setColor(grey(tone));
        graphics.fillRect(0, 0, canvas.getWidth(), canvas.getHeight());
        for (int i = random.nextInt(4); i > 0; i--) {
            graphics.setColor(grey(tone + between(-60, 60)));
            graphics.fillRect(random.nextInt(canvas.getWidth()) - canvas.getWidth() / 4, random.nextInt(canvas.getHeight()) - canvas.getHeight() / 4,
                    random.nextInt(canvas.getWidth()), random.nextInt(canvas.getHeight()));
        }
    }

    private void head() {
        boolean bald = random.nextInt(8) == 0;
        boolean longHair = !bald && random.nextInt(5) < 2;
        double volume = between(1.06, 1.16);
        if (longHair) {
            flat(hair * 0.85, ring(0, 0.12, headWidth * 1.32, 1.25));
        }
        flat(between(20, 220), new double[][] {{-1.7, 1.9}, {-1.25, 1.28}, {-0.4, 1.06}, {0.4, 1.06}, {1.25, 1.28}, {1.7, 1.9}});
        flat(skin * 0.68, new double[][] {{-0.42, 0.5}, {0.42, 0.5}, {0.46, 1.2}, {0, 1.32}, {-0.46, 1.2}});
        if (!bald) {
            flat(hair, outline(volume, volume, -1.2, 0.1));
        }
        if (!longHair) {
            for (int side = -1; side <= 1; side += 2) {
                flat(skin * 0.78, ring(side * headWidth - 0.2 * yaw, 0.0, 0.09, 0.19));
                flat(skin * 0.6, ring(side * headWidth * 1.03 - 0.2 * yaw, 0.0, 0.04, 0.11));
            }
        }
        double light = between(-0.12, 0.12);
        for (int i = 0; i < 8; i++) {
            double shrink = 1 - 0.055 * i;
            double[][] layer = outline(shrink, shrink, -1, 1);
            for (double[] point : layer) {
                point[0] += light * (1 - shrink) * 4;
            }
            flat(skin * (0.80 + 0.028 * i), layer);
        }
        if (!bald) {
            hairTop(volume, longHair);
        }
    }

    private void hairTop(double volume, boolean longHair) {
        double parting = between(-0.5, 0.5);
        double depth = between(0.05, 0.3);
        double[][] top = outline(volume, volume, -1.2, longHair ? 0.3 : -0.25);
        double[][] shape = new double[top.length + STEPS + 1][];
        System.arraycopy(top, 0, shape, 0, top.length);
        double edge = Math.abs(top[0][0]);
        for (int i = 0; i <= STEPS; i++) {
            double t = 1 - 2.0 * i / STEPS;
            double u = t * edge;
            double side = StrictMath.pow(Math.abs(t), 4);
            double v = hairline + depth * (t - parting) * (t - parting) + side * (longHair ? 0.75 : 0.3) + 0.15 * pitch;
            shape[top.length + i] = new double[] {0.98 * u, v};
        }
        flat(hair, shape);
        flat(hair * 1.25 + 8, ring(between(-0.25, 0.25), -0.93, 0.3, 0.06));
    }

    /** The head's outline, or the part of it between two heights, from the lower left over the top to the lower right. */
    private double[][] outline(double scaleU, double scaleV, double from, double to) {
        double chin = 1 + 0.35 * mimic.mouthOpen();
        int steps = 2 * STEPS;
        double[][] points = new double[2 * steps + 2][];
        for (int i = 0; i <= steps; i++) {
            double angle = StrictMath.PI * i / steps;
            double v = -StrictMath.cos(angle);
            double cut = Math.min(Math.max(v, from), to);
            double taper = StrictMath.pow(Math.min(1, Math.abs(cut)), cut > 0 ? jaw : 2.4);
            double width = headWidth * scaleU * Math.sqrt(1 - taper);
            double height = (cut > 0 ? cut * chin : cut) * scaleV;
            points[steps - i] = new double[] {-width, height};
            points[steps + 1 + i] = new double[] {width, height};
        }
        return points;
    }

    private void folds() {
        double fold = skin * (1 - 0.30 * Math.min(1, mimic.cheekFold()));
        double frown = skin * (1 - 0.42 * Math.min(1, mimic.frown()));
        double reach = mouthWidth * mimic.mouthWidth() + 0.07;
        for (int side = -1; side <= 1; side += 2) {
            double[][] cheek = {{side * 0.15, 0.17}, {side * (reach * 0.85), 0.30 - mimic.mouthCorner() * 0.3},
                {side * (reach + 0.02), mouthV - mimic.mouthCorner() * 0.8}};
            stroke(fold, 0.018, bend(cheek));
            stroke(frown, 0.018, bend(new double[][] {{side * 0.05, eyeV - 0.25}, {side * 0.045, eyeV - 0.17}, {side * 0.06, eyeV - 0.09}}));
            stroke(frown, 0.014, bend(new double[][] {{side * 0.02, eyeV + 0.04}, {side * 0.07, eyeV + 0.05}, {side * 0.12, eyeV + 0.10}}));
            double[][] bag = {{side * (eyeU - 0.12), eyeV + 0.12}, {side * eyeU, eyeV + 0.17}, {side * (eyeU + 0.13), eyeV + 0.12}};
            stroke(skin * (0.93 - 0.1 * Math.max(0, mimic.lowerLid())), 0.014, bend(bag));
        }
        double raised = mimic.browInner() + mimic.browOuter();
        if (raised > 0.1) {
            for (int i = 0; i < 2; i++) {
                double v = eyeV - 0.42 - 0.09 * i;
                stroke(skin * (1 - Math.min(0.28, raised)), 0.012, bend(new double[][] {{-0.3, v + 0.02}, {0, v - 0.02}, {0.3, v + 0.02}}));
            }
        }
    }

    private void nose() {
        double width = between(0.09, 0.13);
        double tip = between(0.17, 0.25) - 0.25 * mimic.upperLip();
        double side = random.nextBoolean() ? 1 : -1;
        stroke(skin * 0.86, 0.026, bend(new double[][] {{side * 0.06, eyeV - 0.06}, {side * 0.05, 0.03}, {side * width, tip - 0.03}}));
        stroke(Math.min(250, skin * 1.1), 0.025, bend(new double[][] {{0, eyeV}, {0, 0.03}, {0, tip - 0.06}}));
        blob(skin * 0.86, 0, tip, width + 0.03, 0.06);
        blob(Math.min(250, skin * 1.06), 0, tip - 0.025, width * 0.75, 0.055);
        blob(skin * 0.42, -width * 0.6, tip + 0.028, 0.032, 0.017);
        blob(skin * 0.42, width * 0.6, tip + 0.028, 0.032, 0.017);
    }

    private void eye(int side) {
        double open = Math.max(0.06, mimic.eyeOpen() + 0.04 * gauss(random));
        double upper = 0.085 * open;
        double lower = 0.055 * (1 - 0.75 * Math.min(1, Math.max(-0.3, mimic.lowerLid())));
        double middle = side * eyeU;
        DoubleUnaryOperator top = t -> eyeV - 0.02 * side * t - upper * StrictMath.pow(1 - t * t, 0.7);
        DoubleUnaryOperator bottom = t -> eyeV - 0.02 * side * t + lower * (1 - t * t);
        blob(skin * 0.82, middle, eyeV - 0.01, eyeWidth * 1.22, 0.085 + 0.03 * open);
        fill(Math.min(245, 150 + 0.4 * skin), area(t -> middle + eyeWidth * t, top, bottom));

        double irisU = middle + 0.25 * eyeWidth * gaze;
        double[][] iris = ring(irisU, eyeV - 0.012, 0.078, 0.078);
        double[][] pupil = ring(irisU, eyeV - 0.012, 0.042, 0.042);
        for (double[][] circle : new double[][][] {iris, pupil}) {
            for (double[] point : circle) {
                double t = Math.max(-1, Math.min(1, (point[0] - middle) / eyeWidth));
                point[1] = Math.max(top.applyAsDouble(t), Math.min(bottom.applyAsDouble(t), point[1]));
            }
        }
        fill(Math.min(skin * 0.5, 85), iris);
        fill(10, pupil);
        if (open > 0.55) {
            blob(240, irisU + 0.02, eyeV - 0.035, 0.014, 0.014);
        }
        stroke(Math.min(skin * 0.3, 45), 0.022, line(t -> middle + eyeWidth * 1.05 * t, top));
        stroke(skin * 0.62, 0.010, line(t -> middle + eyeWidth * t, bottom));
        stroke(skin * 0.72, 0.012, line(t -> middle + eyeWidth * 1.1 * t, t -> top.applyAsDouble(t) - 0.045));
    }

    private void brow(int side) {
        double height = eyeV - 0.21;
        double inner = height - mimic.browInner() + 0.008 * gauss(random);
        double outer = height + 0.03 - mimic.browOuter() + 0.008 * gauss(random);
        double innerU = eyeU - eyeWidth * 1.05 - mimic.browTogether();
        double outerU = eyeU + eyeWidth * 1.3;
        double arch = 0.035 + 0.2 * Math.max(0, mimic.browOuter());
        double[][] points = new double[STEPS + 1][];
        for (int i = 0; i <= STEPS; i++) {
            double t = (double) i / STEPS;
            points[i] = new double[] {side * (innerU + (outerU - innerU) * t), inner + (outer - inner) * t - arch * 4 * t * (1 - t)};
        }
        stroke(Math.min(hair, skin * 0.45), browThickness, points);
    }

    private void mouth() {
        double width = mouthWidth * mimic.mouthWidth();
        double corner = mouthV - mimic.mouthCorner();
        double open = mimic.mouthOpen();
        double topMiddle = mouthV - mimic.upperLip() - 0.3 * open;
        double bottomMiddle = mouthV + 0.7 * open;
        double thick = lips * (1 - 0.4 * Math.min(1, mimic.frown()));
        DoubleUnaryOperator u = t -> width * t;
        DoubleUnaryOperator top = t -> topMiddle + (corner - topMiddle) * StrictMath.pow(Math.abs(t), 2.2);
        DoubleUnaryOperator bottom = t -> bottomMiddle + (corner - bottomMiddle) * StrictMath.pow(Math.abs(t), 2.6);
        DoubleUnaryOperator upperLip = t -> top.applyAsDouble(t) - thick * Math.sqrt(1 - t * t) * (0.8 + 0.5 * Math.min(1, 6 * t * t));
        DoubleUnaryOperator lowerLip = t -> bottom.applyAsDouble(t) + 1.35 * thick * Math.sqrt(1 - t * t);
        double lip = skin * between(0.58, 0.78);
        stroke(skin * 0.84, 0.03, line(t -> 0.6 * u.applyAsDouble(t), t -> lowerLip.applyAsDouble(t) + 0.05));
        fill(lip, area(u, upperLip, top));
        fill(Math.min(250, lip * 1.12), area(u, bottom, lowerLip));
        if (open > 0.02) {
            fill(skin * 0.14, area(u, top, bottom));
            double shown = Math.min(0.9, mimic.teeth()) * open;
            DoubleUnaryOperator edge = t -> Math.min(bottom.applyAsDouble(t), top.applyAsDouble(t) + shown);
            fill(Math.min(240, 140 + 0.4 * skin), area(t -> 0.94 * u.applyAsDouble(t), top, edge));
            if (open > 0.12 && mimic.teeth() < 0.7) {
                blob(skin * 0.45, 0, bottomMiddle - 0.2 * open, width * 0.5, 0.22 * open);
            }
        }
        stroke(skin * 0.25, 0.014, line(u, top));
        blob(skin * 0.5, -width, corner, 0.022, 0.016);
        blob(skin * 0.5, width, corner, 0.022, 0.016);
    }

    private void extras() {
        if (random.nextInt(10) == 0) {
            for (int side = -1; side <= 1; side += 2) {
                stroke(30, 0.016, closed(ring(side * eyeU, eyeV + 0.01, eyeWidth * 1.35, 0.16)));
                stroke(30, 0.014, new double[][] {{side * (eyeU + eyeWidth * 1.35), eyeV}, {side * headWidth * 0.95, eyeV - 0.03}});
            }
            stroke(30, 0.014, new double[][] {{-(eyeU - eyeWidth * 1.35), eyeV - 0.01}, {eyeU - eyeWidth * 1.35, eyeV - 0.01}});
        }
        if (random.nextInt(10) == 0) {
            double above = mouthV - 0.10 - mimic.upperLip() - 0.3 * mimic.mouthOpen();
            stroke(hair, 0.035, bend(new double[][] {{-mouthWidth * 0.9, above + 0.05}, {0, above - 0.02}, {mouthWidth * 0.9, above + 0.05}}));
        }
    }

    /** Light, blur, exposure and noise: from the large picture to 48×48 bytes. */
    private byte[] photograph() {
        double angle = between(0, 2 * StrictMath.PI);
        double slope = between(0, 0.2) / (Faces.SIDE / 2.0);
        double slopeX = slope * StrictMath.cos(angle);
        double slopeY = slope * StrictMath.sin(angle);
        double brightness = between(112, 142);
        double contrast = between(48, 62);
        double noise = between(1, 4);
        double blur = between(0, 0.6);

        int[] large = ((DataBufferInt) canvas.getRaster().getDataBuffer()).getData();
        double[] averaged = new double[Faces.PIXELS];
        for (int y = 0; y < canvas.getHeight(); y++) {
            for (int x = 0; x < canvas.getWidth(); x++) {
                averaged[y / SCALE * Faces.SIDE + x / SCALE] += large[y * canvas.getWidth() + x] & 0xff;
            }
        }
        double[] lit = new double[Faces.PIXELS];
        double sum = 0;
        double squares = 0;
        for (int y = 0; y < Faces.SIDE; y++) {
            for (int x = 0; x < Faces.SIDE; x++) {
                double around = 0;
                for (int dy = -1; dy <= 1; dy++) {
                    for (int dx = -1; dx <= 1; dx++) {
                        int row = Math.min(Math.max(y + dy, 0), Faces.SIDE - 1);
                        int column = Math.min(Math.max(x + dx, 0), Faces.SIDE - 1);
                        around += averaged[row * Faces.SIDE + column];
                    }
                }
                int p = y * Faces.SIDE + x;
                lit[p] = ((1 - blur) * averaged[p] + blur * around / 9) * (1 + slopeX * (x - 23.5) + slopeY * (y - 23.5));
                sum += lit[p];
                squares += lit[p] * lit[p];
            }
        }
        double mean = sum / Faces.PIXELS;
        double deviation = Math.sqrt(squares / Faces.PIXELS - mean * mean);
        byte[] image = new byte[Faces.PIXELS];
        for (int p = 0; p < image.length; p++) {
            double grey = brightness + contrast * (lit[p] - mean) / deviation + noise * gauss(random);
            image[p] = (byte) Math.max(0, Math.min(255, Math.round(grey)));
        }
        return image;
    }

    private static Color grey(double value) {
        int level = (int) Math.max(0, Math.min(255, Math.round(value)));
        return new Color(level, level, level);
    }

    /** A polygon on the curved front of the head. */
    private void fill(double grey, double[][] points) {
        polygon(grey, points, true);
    }

    /** A polygon in the plane of the head's outline, which turning the head does not move. */
    private void flat(double grey, double[][] points) {
        polygon(grey, points, false);
    }

    private void polygon(double grey, double[][] points, boolean front) {
        Path2D path = new Path2D.Double();
        for (int i = 0; i < points.length; i++) {
            double[] at = place(points[i][0], points[i][1], front);
            if (i == 0) {
                path.moveTo(at[0], at[1]);
            } else {
                path.lineTo(at[0], at[1]);
            }
        }
        path.closePath();
        graphics.setColor(grey(grey));
        graphics.fill(path);
    }

    /** From face to picture: the front is an ellipsoid of depth 0.6 that yaw and pitch turn; roll turns everything. */
    private double[] place(double u, double v, boolean front) {
        double x = u;
        double y = v;
        if (front) {
            double depth = 0.6 * Math.sqrt(Math.max(0, 1 - u * u / 0.72 - v * v / 1.2));
            x = u * cosYaw + depth * sinYaw;
            y = v * cosPitch + depth * sinPitch;
        }
        double middle = Faces.SIDE * SCALE / 2.0;
        return new double[] {
            middle + shiftX + size * (x * cosRoll - y * sinRoll),
            middle + shiftY + size * (x * sinRoll + y * cosRoll)};
    }

    private void blob(double grey, double u, double v, double radiusU, double radiusV) {
        fill(grey, ring(u, v, radiusU, radiusV));
    }

    private static double[][] ring(double u, double v, double radiusU, double radiusV) {
        double[][] points = new double[2 * STEPS][];
        for (int i = 0; i < points.length; i++) {
            double angle = StrictMath.PI * i / STEPS;
            points[i] = new double[] {u + radiusU * StrictMath.cos(angle), v + radiusV * StrictMath.sin(angle)};
        }
        return points;
    }

    private static double[][] closed(double[][] points) {
        double[][] more = Arrays.copyOf(points, points.length + 1);
        more[points.length] = points[0];
        return more;
    }

    /** A line with u and v as functions of t from −1 to 1. */
    private static double[][] line(DoubleUnaryOperator u, DoubleUnaryOperator v) {
        double[][] points = new double[STEPS + 1][];
        for (int i = 0; i <= STEPS; i++) {
            double t = 2.0 * i / STEPS - 1;
            points[i] = new double[] {u.applyAsDouble(t), v.applyAsDouble(t)};
        }
        return points;
    }

    /** The area between two lines over the same u. */
    private static double[][] area(DoubleUnaryOperator u, DoubleUnaryOperator top, DoubleUnaryOperator bottom) {
        double[][] points = Arrays.copyOf(line(u, top), 2 * STEPS + 2);
        double[][] back = line(u, bottom);
        for (int i = 0; i <= STEPS; i++) {
            points[STEPS + 1 + i] = back[STEPS - i];
        }
        return points;
    }

    /** A quadratic Bézier curve through three control points. */
    private static double[][] bend(double[][] control) {
        double[][] points = new double[STEPS + 1][2];
        for (int i = 0; i <= STEPS; i++) {
            double t = (double) i / STEPS;
            for (int axis = 0; axis < 2; axis++) {
                points[i][axis] = (1 - t) * (1 - t) * control[0][axis] + 2 * t * (1 - t) * control[1][axis] + t * t * control[2][axis];
            }
        }
        return points;
    }

    /** A line of some half width that gets thinner towards its end. */
    private void stroke(double grey, double halfWidth, double[][] points) {
        int n = points.length;
        double[][] shape = new double[2 * n][];
        for (int i = 0; i < n; i++) {
            double[] before = points[Math.max(0, i - 1)];
            double[] after = points[Math.min(n - 1, i + 1)];
            double du = after[0] - before[0];
            double dv = after[1] - before[1];
            double length = Math.max(1e-9, Math.sqrt(du * du + dv * dv));
            double width = halfWidth * (1 - 0.5 * i / n);
            shape[i] = new double[] {points[i][0] - width * dv / length, points[i][1] + width * du / length};
            shape[2 * n - 1 - i] = new double[] {points[i][0] + width * dv / length, points[i][1] - width * du / length};
        }
        fill(grey, shape);
    }
}
