package ferkit.transfer;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ferkit.data.Format;
import ferkit.model.Architecture;
import ferkit.model.EfficientNet;
import ferkit.model.EfficientNet.Scaling;
import ferkit.model.EfficientNet.Variant;
import ferkit.model.weights.WeightFile;
import ferkit.train.Adam;
import ferkit.train.Recipe;
import ferkit.train.Run;
import ferkit.train.Schedule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What is trained on the outputs of a {@link FrozenTrunk}: the trunk's upper part, if it is not wholly frozen, with its
 * batch normalisation frozen, and the study's head.
 *
 * @param name how folders and tables call it
 * @param trunk what is frozen
 * @param start a finished run whose head is started from; empty for a random head
 * @param classes number of them, as the plan names it
 */
public record TransferModel(String name, FrozenTrunk trunk, Optional<Run> start, int classes) implements Architecture {
    private static final String PLAN = "EfficientNet frozen up to ";
    private static final String HEAD = ", head 128-";
    private static final int EPOCHS = 10;
    private static final double LEARNING_RATE = 1e-3;
    private static final double FINE_TUNING_RATE = 1e-4;

    /**
     * How the study trained a head on a frozen trunk: Adam with a constant 0.001, ten epochs.
     *
     * @param tuned whether a trained head goes on together with a part of the trunk, as the study did not: at a tenth of the rate
     */
    public static Recipe recipe(Architecture network, boolean tuned) {
        return Recipe.of(network).withOptimizer(Adam.of(tuned ? FINE_TUNING_RATE : LEARNING_RATE)).withSchedule(Schedule.constant())
                .withFullEpochs(EPOCHS);
    }

    /**
     * The model that a finished run trained.
     *
     * @param weights of the trunk
     * @throws IllegalArgumentException if the run's plan names other weights, or none of these models
     * @throws IOException if the run that it was started from is not beside it
     */
    public static TransferModel of(Run run, WeightFile weights) throws IOException {
        String plan = run.config().plan();
        Matcher parts = Pattern.compile(PLAN + "\\w+-\\w+-[^-]+(?:-\\d+)?-(\\w+)-(\\d+)-(\\d)" + HEAD + "\\d+(?: of (.+))?").matcher(plan);
        Optional<Variant> variant = weights.variant();
        if (parts.matches() && variant.isPresent()) {
            Scaling scaling = Stream.of(Scaling.IMAGENET, Scaling.LITE, Scaling.INCEPTION).filter(s -> s.name().equals(parts.group(1))).findFirst()
                    .orElse(variant.get().scaling());
            FrozenTrunk trunk = new FrozenTrunk(weights, variant.get().with(scaling), Integer.parseInt(parts.group(2)),
                    Integer.parseInt(parts.group(3)));
            String folder = run.folder().getFileName().toString();
            Path head = parts.group(4) == null ? null : run.folder().resolveSibling(parts.group(4) + folder.substring(run.config().model().length()));
            Optional<Run> start = head == null ? Optional.empty()
                    : Optional.of(Run.load(Run.isFinished(head) ? head : head.resolveSibling(parts.group(4)))); // on another copy of FER2013 from the kit's
            TransferModel model = new TransferModel(run.config().model(), trunk, start, run.config().classes().count());
            if (model.plan().equals(plan)) {
                return model;
            }
        }
        throw new IllegalArgumentException("The run in " + run.folder() + " has the plan \"" + plan + "\": these are no such weights, "
                + weights.file() + "; name the file that it was trained on");
    }

    /** Whether a plan is one of these models'. */
    public static boolean isPlan(String plan) {
        return plan.startsWith(PLAN);
    }

    /** The first digits of the SHA-256 of the trunk's weights that a plan of these models names. */
    public static String trunkHash(String plan) {
        return plan.substring(PLAN.length(), plan.indexOf('-', PLAN.length()));
    }

    /** Whether a plan of these models starts from a trained head. */
    public static boolean isTuned(String plan) {
        return !plan.matches(".*" + HEAD + "[0-9]+");
    }

    @Override
    public Shape inputShape(Format format) {
        return trunk.outputShape();
    }

    @Override
    public Block build(NDManager manager, Format format, int classes) {
        SequentialBlock head = EfficientNet.head(manager, classes);
        try {
            if (start.isPresent()) {
                start.get().into(head);
            }
            return trunk.stage() == FrozenTrunk.WHOLE ? head : new SequentialBlock()
                    .add(trunk.weights().load(manager, trunk.variant()).freezeNorms().upper(trunk.stage()))
                    .add(head);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String plan() {
        return PLAN + trunk.key() + HEAD + classes + start.map(run -> " of " + run.config().model()).orElse("");
    }

    @Override
    public String words() {
        return trunk.variant().title() + " (weights " + trunk.weights().sha256().substring(0, 16) + ") on images of " + trunk.side() + "×"
                + trunk.side()
                + " scaled as " + trunk.variant().scaling() + ", frozen "
                + (trunk.stage() == FrozenTrunk.WHOLE ? "as a whole" : "up to stage " + trunk.stage())
                + ", then 128 dense units" + start.map(run -> "; begun from the head of " + run.config().model()).orElse("");
    }

    /** The name of a run on such weights in words: "efficientnet-lite0-96-tuned" is "EfficientNet-Lite0, 96 pixels, fine-tuned". */
    public static String title(String name) {
        List<String> words = List.of(name.split("-"));
        if (words.size() < 2 || !words.get(0).equals("efficientnet")) {
            return name;
        }
        StringBuilder title = new StringBuilder("EfficientNet-").append(words.get(1).substring(0, 1).toUpperCase(Locale.ROOT))
                .append(words.get(1).substring(1));
        for (String word : words.subList(2, words.size())) {
            title.append(", ").append(word.matches("[0-9]+") ? word + " pixels" : switch (word) {
                case "tuned" -> "fine-tuned";
                case "lite" -> "scaled as Lite";
                case "imagenet" -> "scaled as ImageNet";
                case "inception" -> "scaled as Inception";
                case "file" -> "scaled as its file says";
                default -> word;
            });
        }
        return title.toString();
    }
}
