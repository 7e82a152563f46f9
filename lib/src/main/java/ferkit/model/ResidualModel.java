package ferkit.model;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.pooling.Pool;
import ferkit.data.Format;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A network of residual blocks (He et al. 2016) with squeeze-excitation (Hu et al. 2018), as a row of data. The stem is
 * Conv → BatchNorm → ReLU; a block is Conv 3×3 → BatchNorm → ReLU → Conv 3×3 → BatchNorm → squeeze-excitation, plus its shortcut, → ReLU;
 * the head is the mean over height and width → Dropout → Dense, one unit a class. The first block of each stage but the first halves the
 * sides. A shortcut is the block's input, or where sizes differ its mean over 2×2 (if halved) → Conv 1×1 → BatchNorm.
 *
 * @param name how folders, tables and commands call it
 * @param stem stride of the first convolution: 1, with a kernel of side 3, or 2, with one of side 5
 * @param widths output channels of each stage's blocks, one number a stage
 * @param blocks of each stage, as many numbers as {@code widths}
 * @param shortcuts whether a block adds its shortcut; without, the network is a plain one as VGG (Simonyan and Zisserman 2015)
 * @param squeeze by how much squeeze-excitation narrows, to at least four channels; 0 for none
 * @param normed whether every convolution is normalised, or only the stem's and each block's first, as in the study's blocks
 * @param headDropout share dropped before the last layer while training, 0 to 1
 */
public record ResidualModel(String name, int stem, List<Integer> widths, List<Integer> blocks, boolean shortcuts, int squeeze, boolean normed,
        float headDropout) implements Architecture {

    /** @throws IllegalArgumentException if the name is none for a folder, there is not one number of blocks a stage, or a number is out of its range */
    public ResidualModel {
        Architecture.requireName(name);
        widths = List.copyOf(widths);
        blocks = List.copyOf(blocks);
        if (widths.isEmpty() || widths.size() != blocks.size() || widths.stream().anyMatch(w -> w < 1) || blocks.stream().anyMatch(b -> b < 1)) {
            throw new IllegalArgumentException("Model '" + name + "' has stages of widths " + widths + " and of " + blocks
                    + " blocks: expected as many of one as of the other, at least one, and numbers from 1 up");
        }
        if (stem != 1 && stem != 2 || squeeze < 0 || !(headDropout >= 0 && headDropout < 1)) {
            throw new IllegalArgumentException("Model '" + name + "' has a stem of stride " + stem + ", squeezes by " + squeeze + " and drops "
                    + headDropout + " before its last layer: expected a stride of 1 or 2, a number from 0 up, and a share from 0 to less than 1");
        }
    }

    /** With shortcuts, squeeze-excitation to an eighth, every convolution normalised, and no dropout. */
    public ResidualModel(String name, int stem, List<Integer> widths, List<Integer> blocks) {
        this(name, stem, widths, blocks, true, 8, true, 0);
    }

    /** The same with shortcuts, or without. */
    public ResidualModel withShortcuts(boolean other) {
        return new ResidualModel(name, stem, widths, blocks, other, squeeze, normed, headDropout);
    }

    /** The same with squeeze-excitation by another ratio, 0 for none. */
    public ResidualModel withSqueeze(int other) {
        return new ResidualModel(name, stem, widths, blocks, shortcuts, other, normed, headDropout);
    }

    /** The same with every convolution normalised, or only the stem's and each block's first. */
    public ResidualModel withNormed(boolean other) {
        return new ResidualModel(name, stem, widths, blocks, shortcuts, squeeze, other, headDropout);
    }

    @Override
    public String plan() {
        return "ResidualModel[stem=" + stem + ", widths=" + widths + ", blocks=" + blocks + ", shortcuts=" + shortcuts + ", squeeze=" + squeeze
                + ", normed=" + normed + ", headDropout=" + headDropout + "]";
    }

    @Override
    public String words() {
        return "a convolution " + (stem == 1 ? "3×3" : "5×5 of stride 2") + ", then " + (shortcuts ? "residual" : "plain")
                + " blocks of two convolutions 3×3, "
                + IntStream.range(0, widths.size()).mapToObj(stage -> blocks.get(stage) + " of " + widths.get(stage))
                        .collect(Collectors.joining(", "))
                + " channels" + (squeeze == 0 ? "" : ", with squeeze-excitation by " + squeeze)
                + (normed ? "" : ", only the first of a block normalised")
                + (headDropout == 0 ? "" : "; dropout " + headDropout + " before the last layer");
    }

    /**
     * The network with kernels of convolutions Kaiming-normal, those of dense layers and squeeze-excitation as PyTorch's, uniform up to
     * √(1 / fan in), biases zero; BatchNorm momentum 0.9 and epsilon 1e-5. Its arrays belong to {@code manager}.
     */
    @Override
    public SequentialBlock build(NDManager manager, Format format, int classes) {
        int in = widths.get(0);
        SequentialBlock network = new SequentialBlock()
                .add(ResidualBlock.convolution(format.channels(), in, stem == 1 ? 3 : 5, stem, Activation::relu));
        for (int stage = 0; stage < widths.size(); stage++) {
            for (int block = 0; block < blocks.get(stage); block++) {
                network.add(new ResidualBlock(this, in, widths.get(stage), block == 0 && stage > 0 ? 2 : 1));
                in = widths.get(stage);
            }
        }
        Linear dense = Linear.builder().setUnits(classes).build();
        dense.setInitializer(ResidualBlock.DENSE, Parameter.Type.WEIGHT);
        network.add(Pool.globalAvgPool2dBlock()).add(Dropout.builder().optRate(headDropout).build()).add(dense);
        network.initialize(manager, DataType.FLOAT32, new Shape(1).addAll(inputShape(format)));
        return network;
    }
}
