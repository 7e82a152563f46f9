package ferkit.train;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ferkit.model.Architecture;
import ferkit.model.EfficientNet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What is trained on the outputs of a {@link FrozenTrunk}: the trunk's upper part, if it is not wholly frozen, with its
 * batch normalisation frozen, and the study's head.
 *
 * @param name how folders and tables call it
 * @param trunk what is frozen
 * @param start a finished run whose head is started from; empty for a random head
 */
public record TransferModel(String name, FrozenTrunk trunk, Optional<Run> start) implements Architecture {
    @Override
    public Shape inputShape() {
        return trunk.outputShape();
    }

    @Override
    public Block build(NDManager manager) {
        SequentialBlock head = EfficientNet.head(manager);
        try {
            if (start.isPresent()) {
                Path weights = start.get().weights();
                Weights.decode(Files.readAllBytes(weights), Weights.of(head), weights.toString());
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
        return "EfficientNet frozen up to " + trunk.key() + ", head 128-7" + start.map(run -> " of " + run.config().model()).orElse("");
    }
}
