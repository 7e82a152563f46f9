package ferkit.photo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ferkit.data.Classes;
import ferkit.data.Faces;
import ferkit.data.Format;
import ferkit.data.drawn.Sample;
import ferkit.data.drawn.Scene;
import ferkit.study.Trained;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PhotographsTest {
    private static final Faces FACES = Sample.draw().validation();
    /** Three portraits, side by side. */
    private static final BufferedImage SCENE = Scene.draw(FACES, List.of(0, 1, 2));

    @TempDir private Path folder;

    private static BufferedImage copy(int width, int height, int type) {
        BufferedImage copy = new BufferedImage(width, height, type);
        Graphics2D g = copy.createGraphics();
        g.drawImage(SCENE, 0, 0, width, height, null);
        g.dispose();
        return copy;
    }

    private Path save(String name, BufferedImage image) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        assertTrue(ImageIO.write(image, name.substring(name.length() - 3), file.toFile()));
        return file;
    }

    /** A JPEG that lies on its right side and says so in its EXIF data: orientation 6 is to be turned clockwise. */
    private Path lying() throws IOException {
        BufferedImage turned = new BufferedImage(SCENE.getHeight(), SCENE.getWidth(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < SCENE.getHeight(); y++) {
            for (int x = 0; x < SCENE.getWidth(); x++) {
                turned.setRGB(y, SCENE.getWidth() - 1 - x, SCENE.getRGB(x, y));
            }
        }
        byte[] jpeg = Files.readAllBytes(save("lying.jpg", turned));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(jpeg, 0, 2);
        out.write(new byte[] {(byte) 0xff, (byte) 0xe1, 0, 34});
        out.write("Exif\0\0MM\0*\0\0\0\010\0\001\001\022\0\003\0\0\0\001\0\006\0\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1));
        out.write(jpeg, 2, jpeg.length - 2);
        return Files.write(folder.resolve("lying.jpg"), out.toByteArray());
    }

    @Test
    void facesAreFoundWhereTheyHangInPicturesOfAnyKind() throws IOException {
        BufferedImage transparent = copy(960, 420, BufferedImage.TYPE_INT_ARGB);
        for (int x = 0; x < 960; x++) {
            transparent.setRGB(x, 400, 0x40000000);
        }
        List<Path> files = List.of(save("rgb.png", SCENE), save("rgb.jpg", SCENE), save("grey.jpg", copy(960, 420, BufferedImage.TYPE_BYTE_GRAY)),
                save("grey-16.png", copy(960, 420, BufferedImage.TYPE_USHORT_GRAY)), save("alpha.png", transparent),
                save("large.png", copy(4800, 2100, BufferedImage.TYPE_INT_RGB)), lying(), save("rgb.bmp", SCENE),
                save("palette.bmp", copy(960, 420, BufferedImage.TYPE_BYTE_INDEXED)),
                save("palette.gif", copy(960, 420, BufferedImage.TYPE_BYTE_INDEXED)));
        for (Path file : files) {
            Photograph picture = Photograph.read(file);
            List<Box> boxes = FaceFinder.find(picture, Format.FER2013);
            assertEquals(3, boxes.size(), file.toString());
            double scale = picture.width() / 960.0;
            assertEquals(file.getFileName().toString().equals("large.png") ? Photograph.LONGEST : 960, picture.width(), file.toString());
            for (int i = 0; i < 3; i++) {
                assertEquals(960 * (2 * i + 1) / 6.0, (boxes.get(i).x() + boxes.get(i).side() / 2.0) / scale, 12, file + " " + boxes);
            }
        }
        assertThrows(IOException.class, () -> Photograph.read(save("few bits.bmp", copy(960, 420, BufferedImage.TYPE_USHORT_565_RGB))));
        for (String name : List.of("rgb.bmp", "palette.gif")) {
            Path cut = Files.write(folder.resolve("cut " + name), Arrays.copyOf(Files.readAllBytes(folder.resolve(name)), 20_000));
            assertTrue(assertThrows(IOException.class, () -> Photograph.read(cut)).getMessage().contains("the image is damaged"), name);
        }
        assertEquals(0xBF, Photograph.read(folder.resolve("alpha.png")).pixels()[3 * 400 * 960] & 0xff, 1); // a quarter of black on white
    }

    @Test
    void whatLiesInABoxIsAveragedOverAreas() {
        BufferedImage two = new BufferedImage(100, 96, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < 96; y++) {
            for (int x = 0; x < 100; x++) {
                two.setRGB(x, y, x < 4 ? 0xff0000 : (x + y) % 2 == 0 ? 0xffffff : 0);
            }
        }
        Faces faces = Photograph.of("two", two).faces(List.of(new Box(4, 0, 96)), Classes.FER2013, Format.FER2013);
        assertEquals(1, faces.size());
        for (byte pixel : faces.pixels(0)) {
            assertEquals(128, pixel & 0xff);
        }
    }

    @Test
    void aFolderGivesALineForEachFaceAndASentenceForEachPictureWithout() throws Exception {
        Trained model = Trained.named(Path.of("").toAbsolutePath(), "6");
        save("Happy/three, side by side.png", SCENE);
        BufferedImage small = new BufferedImage(48, 48, BufferedImage.TYPE_BYTE_GRAY);
        small.getRaster().setDataElements(0, 0, 48, 48, FACES.pixels(5));
        save("sad/cut out.png", small);
        save("empty.png", new BufferedImage(300, 200, BufferedImage.TYPE_INT_RGB));
        save("tiny.png", new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB));
        Files.write(folder.resolve("broken.jpg"), Arrays.copyOf(Files.readAllBytes(save("whole.jpg", SCENE)), 2000));
        Files.delete(folder.resolve("whole.jpg"));
        Files.writeString(folder.resolve("text.png"), "no picture");
        Path out = folder.resolve("predictions.csv");
        List<String> said = new ArrayList<>();

        Photographs.predict(folder, List.of(model), out, said::add);

        List<String> lines = Files.readAllLines(out);
        assertEquals("file,x,y,side,predicted,Angry,Disgust,Fear,Happy,Sad,Surprise,Neutral", lines.get(0));
        assertEquals(5, lines.size(), lines.toString());
        assertTrue(lines.get(1).startsWith("\"Happy/three, side by side.png\","), lines.get(1));
        assertTrue(lines.get(4).startsWith("sad/cut out.png,0,0,48,"), lines.get(4));
        String all = String.join("\n", said);
        assertTrue(all.contains("empty.png: no face was found") && all.contains("tiny.png: no face was found"), all);
        assertTrue(all.contains("Left out: ") && all.contains("broken.jpg") && all.contains("text.png"), all);
        assertTrue(all.contains("4 faces in 6 pictures, 2 without one, 2 left out"), all);
        assertTrue(all.contains("95 % interval") && all.contains("weighted avg"), all);
        assertTrue(all.contains("without the classes that do not occur: Angry, Disgust, Fear, Surprise, Neutral.") && !all.contains("Fear  "), all);
        Photographs.predict(folder, List.of(model, model), out, line -> {}); // replaces its own file
        assertEquals(lines.get(2), Files.readAllLines(out).get(2));
    }

    @Test
    void nothingIsPassedOverWithoutAWord() throws Exception {
        Trained model = Trained.named(Path.of("").toAbsolutePath(), "6");
        Path found = save("a/b/c/deep.png", SCENE);
        save("@eaDir/thumbnail.jpg", SCENE);
        Files.createSymbolicLink(folder.resolve("a/round"), folder.resolve("a"));
        Files.createSymbolicLink(folder.resolve("lost.jpg"), folder.resolve("nowhere"));
        for (String name : List.of("1.webp", "2.HEIC", "a/3.tif", "a/4.tiff", "notes.txt", ".hidden.tif", "Thumbs.db")) {
            Files.writeString(folder.resolve(name), "");
        }
        List<String> said = new ArrayList<>();
        assertEquals(List.of(found, folder.resolve("lost.jpg")), Photographs.files(folder, said::add));
        assertEquals(2, said.size(), said.toString());
        assertTrue(said.contains("Left out: 4 pictures of kinds that are not read (1.webp, 2.HEIC, a/3.tif and 1 more); save them as PNG or JPEG"),
                said.toString());
        assertTrue(said.stream().anyMatch(line -> line.contains("round: a symbolic link leads back to itself")), said.toString());

        said.clear();
        Photographs.predict(folder, List.of(model), folder.resolve("predictions.csv"), said::add);
        assertTrue(said.stream().anyMatch(line -> line.contains("lost.jpg: a symbolic link to something that is not there")), said.toString());
        assertTrue(said.get(said.size() - 1).startsWith("3 faces in folders with no class's name (a/b/c) are held against none; "), said.toString());
        assertEquals(4, Files.readAllLines(folder.resolve("predictions.csv")).size());
    }

    @Test
    void whatCannotBePredictedIsRefused() throws Exception {
        Trained model = Trained.named(Path.of("").toAbsolutePath(), "6");
        Path own = Files.writeString(folder.resolve("mine.csv"), "a,b\n");
        assertTrue(assertThrows(IOException.class, () -> Photographs.predict(folder, List.of(model), own, line -> {})).getMessage()
                .contains("would be replaced"));
        assertEquals("a,b\n", Files.readString(own));
        assertTrue(assertThrows(IOException.class, () -> Photographs.files(folder, line -> {})).getMessage().contains("holds no picture"));
        assertTrue(
                assertThrows(IOException.class, () -> Photographs.files(folder.resolve("none"), line -> {})).getMessage().contains("no such file"));
    }
}
