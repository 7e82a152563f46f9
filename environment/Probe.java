import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import java.awt.GraphicsEnvironment;

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
            int fonts = GraphicsEnvironment.getLocalGraphicsEnvironment().getAllFonts().length;
            if (fonts == 0) {
                throw new IllegalStateException("none");
            }
            return fonts + " for charts";
        });
    }

    private interface Look {
        String found() throws Exception;
    }

    private static void look(String name, String remedy, Look look) {
        try {
            System.out.println(name + "\tok\t" + look.found());
        } catch (Exception | LinkageError problem) {
            System.out.println(name + "\tno\t" + String.valueOf(problem).lines().findFirst().orElse("?") + "\t" + remedy);
        }
    }
}
