package ferkit.data.drawn;

import ferkit.data.Faces;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;

/** A drawn room on whose wall drawn portraits hang, so that faces can be looked for in a larger picture without anybody's photograph. */
public final class Scene {
    private static final int WIDTH = 960;
    private static final int HEIGHT = 420;
    private static final int FRAME = 10;
    /** Of the portraits, one after the other, in pixels of the scene for one of theirs. */
    private static final double[] ENLARGED = {3, 2.2, 3.4, 1.8, 2.6};

    private Scene() {}

    /** A room with the portraits of these faces, from left to right; five find room. */
    public static BufferedImage draw(Faces faces, List<Integer> indices) {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        g.setPaint(new GradientPaint(0, 0, new Color(0xC9D6CF), 0, HEIGHT, new Color(0xA9B9B1)));
        g.fillRect(0, 0, WIDTH, HEIGHT);
        g.setPaint(new GradientPaint(0, HEIGHT - 90, new Color(0x8A6A4A), 0, HEIGHT, new Color(0x6B4F35)));
        g.fillRect(0, HEIGHT - 90, WIDTH, 90);
        g.setColor(new Color(0xE8E4DA));
        g.fillRect(0, HEIGHT - 102, WIDTH, 12);
        for (int i = 0; i < indices.size(); i++) {
            int side = (int) (Faces.SIDE * ENLARGED[i % ENLARGED.length]);
            int x = WIDTH * (2 * i + 1) / (2 * indices.size()) - side / 2;
            int y = 170 - side / 2 + (i % 2) * 20;
            g.setColor(new Color(0x5A3D22));
            g.fillRect(x - FRAME, y - FRAME, side + 2 * FRAME, side + 2 * FRAME);
            g.setColor(new Color(0xC8A165));
            g.drawRect(x - FRAME / 2, y - FRAME / 2, side + FRAME - 1, side + FRAME - 1);
            g.drawImage(portrait(faces.pixels(indices.get(i))), x, y, side, side, null);
        }
        g.dispose();
        return image;
    }

    private static BufferedImage portrait(byte[] pixels) {
        BufferedImage portrait = new BufferedImage(Faces.SIDE, Faces.SIDE, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < pixels.length; i++) {
            portrait.setRGB(i % Faces.SIDE, i / Faces.SIDE, 0x010101 * (pixels[i] & 0xff));
        }
        return portrait;
    }
}
