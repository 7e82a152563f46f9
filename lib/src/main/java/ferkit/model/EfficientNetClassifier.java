package ferkit.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.XavierInitializer;
import ai.djl.training.initializer.XavierInitializer.FactorType;
import ai.djl.training.initializer.XavierInitializer.RandomType;
import ai.djl.util.PairList;
import ferkit.data.Format;
import ferkit.model.EfficientNet.Scaling;
import ferkit.model.EfficientNet.Variant;
import java.util.List;

/**
 * An {@link EfficientNet}, or its first stages, on images of any size, every layer to be trained: images are enlarged bilinearly with
 * half-pixel centres, then trunk, average over the image, dropout and one dense layer. It is built with random weights; ImageNet's are
 * what a recipe starts from.
 *
 * @param name how folders and tables call it
 * @param variant of the trunk; {@link Scaling#NONE} where the input is standardised, else the scaling of grey values 0 to 255
 * @param side to which images are enlarged, in pixels, from 32 up
 * @param stages how many of the trunk's are kept, 1 to 7; with all, its top too. Where images are small the last ones see maps of two pixels
 * @param drop stochastic depth, see {@link EfficientNet#EfficientNet(NDManager, Variant, double)}
 * @param dropout share of the features, 1,280 with all stages, that is dropped before the dense layer
 * @param headRate by which its logits are multiplied and its first kernel divided: Adam's steps do not depend on the size of gradients,
 *     so the layer learns at so many times the trunk's rate
 */
public record EfficientNetClassifier(String name, Variant variant, int side, int stages, double drop, double dropout,
        double headRate) implements Architecture {
    /** @throws IllegalArgumentException if a value is out of range */
    public EfficientNetClassifier {
        Architecture.requireName(name);
        if (side < EfficientNet.MIN_SIDE || stages < 1 || stages > EfficientNet.STAGES || !(drop >= 0 && drop < 1) || !(dropout >= 0 && dropout < 1)
                || !(headRate > 0)) {
            throw new IllegalArgumentException(
                    "Network " + name + " has side " + side + ", " + stages + " stages, drop " + drop + ", dropout " + dropout
                            + " and head rate " + headRate + ": expected a side of at least " + EfficientNet.MIN_SIDE
                            + ", 1 to " + EfficientNet.STAGES + " stages, shares from 0 to less than 1 and a positive rate");
        }
    }

    @Override
    public String plan() {
        return variant.title() + ", every layer trained, padding " + variant.padding() + ", epsilon " + variant.epsilon() + ", momentum "
                + variant.momentum() + (variant.lite() && !variant.capped() ? ", ReLU without cap" : "") + ", scaling " + variant.scaling()
                + ", side " + side + ", stages 1 to " + stages + ", stochastic depth " + drop + ", dropout " + dropout
                + ", head " + headRate + " times as fast";
    }

    @Override
    public Block build(NDManager manager, Format format, int classes) {
        Linear dense = Linear.builder().setUnits(classes).build();
        // Glorot's uniform limit √(3 / mean of fan in and fan out), divided by the head's rate
        dense.setInitializer(new XavierInitializer(RandomType.UNIFORM, FactorType.AVG, (float) (3 / (headRate * headRate))), Parameter.Type.WEIGHT);
        EfficientNet net = new EfficientNet(manager, variant, drop);
        Network network = new Network(this, stages == EfficientNet.STAGES ? net.trunk() : net.pooled(stages), dense);
        network.initialize(manager, DataType.FLOAT32, new Shape(1).addAll(inputShape(format)));
        return network;
    }

    private static final class Network extends AbstractBlock implements Forward.Told {
        private final EfficientNetClassifier model;
        private final Block trunk;
        private final Block dropout;
        private final Block dense;

        Network(EfficientNetClassifier model, Block trunk, Block dense) {
            this.model = model;
            this.trunk = addChildBlock("trunk", trunk);
            dropout = addChildBlock("dropout", Dropout.builder().optRate((float) model.dropout).build());
            this.dense = addChildBlock("dense", dense);
        }

        @Override
        protected NDList forwardInternal(ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
            NDList x = new NDList(EfficientNet.resized(inputs.singletonOrThrow(), model.side));
            for (Block child : List.of(trunk, dropout, dense)) {
                x = child.forward(store, x, training);
            }
            NDArray logits = x.singletonOrThrow();
            // not mul of a number, which DJL frees before the backward pass needs it
            return new NDList(logits.mul(logits.getManager().full(new Shape(1), (float) model.headRate)));
        }

        @Override
        protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
            Shape enlarged = new Shape(1, inputs[0].get(1), model.side, model.side);
            trunk.initialize(manager, type, enlarged);
            Shape[] features = trunk.getOutputShapes(new Shape[] {enlarged});
            dropout.initialize(manager, type, features);
            dense.initialize(manager, type, features);
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            Shape enlarged = new Shape(inputs[0].get(0), inputs[0].get(1), model.side, model.side);
            return dense.getOutputShapes(trunk.getOutputShapes(new Shape[] {enlarged}));
        }

        @Override
        public <T> T tell(T x, Operations<T> to) {
            T features = Forward.tell(trunk, to.resize(x, model.side), to);
            NDArray weight = dense.getDirectParameters().get("weight").getArray();
            NDArray bias = dense.getDirectParameters().get("bias").getArray();
            return to.dense(features, weight.mul(model.headRate), bias.mul(model.headRate));
        }
    }
}
