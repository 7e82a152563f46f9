import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import java.awt.image.BufferedImage;

/** Tries what `kit.py doctor` cannot see from Python; prints one line a thing: name, ok or no, what was found, what to do. */
final class Probe {
    private Probe() {
    }

    public static void main(String[] arguments) {
        look("Native engine", "run `report` once with the network on, or see README.md", () -> {
            try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
                float sum = manager.ones(new ai.djl.ndarray.types.Shape(2, 2)).sum().getFloat();
                Engine engine = Engine.getInstance();
                return engine.getEngineName() + " " + engine.getVersion() + ", GPUs: " + engine.getGpuCount()
                        + (sum == 4 ? "" : ", but 1 + 1 + 1 + 1 = " + sum);
            }
        });
        look("Fonts", "install fonts (Debian: apt install fontconfig fonts-dejavu-core)", () -> {
            BufferedImage image = new BufferedImage(100, 30, BufferedImage.TYPE_BYTE_GRAY);
            var graphics = image.createGraphics();
            graphics.drawString("Accuracy", 5, 20);
            graphics.dispose();
            boolean drawn = java.util.stream.IntStream.range(0, 3000).anyMatch(at -> image.getRaster().getSample(at % 100, at / 100, 0) > 0);
            if (!drawn) {
                throw new IllegalStateException("text leaves no trace in an image");
            }
            return "text is drawn in " + graphics.getFont().getFontName();
        });
    }

    private interface Look {
        String found() throws Exception;
    }

    private static void look(String name, String remedy, Look look) {
        try {
            System.out.println(name + "\tok\t" + look.found());
        } catch (Exception | Error problem) {
            System.out.println(name + "\tno\t" + String.valueOf(problem).lines().findFirst().orElse("?") + "\t" + remedy);
        }
    }
}
