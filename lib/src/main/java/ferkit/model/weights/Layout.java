package ferkit.model.weights;

import ai.djl.nn.Parameter;
import ferkit.model.EfficientNet.Place;
import ferkit.model.EfficientNet.Role;
import java.util.regex.Pattern;

/** How the publishers of EfficientNet weights name the arrays of a file, and how they order a kernel's axes. */
enum Layout {
    /** {@code features.<stage>.<index>.block.<n>} with 0 for the convolution and 1 for the normalisation. */
    TORCHVISION("features.0.0.weight", "features\\..*") {
        @Override
        String module(Place place, boolean norm) {
            return switch (place.role()) {
                case STEM, TOP -> "features." + place.stage() + (norm ? ".1" : ".0");
                case SQUEEZE, EXCITE -> block(place, 1) + (place.role() == Role.SQUEEZE ? ".fc1" : ".fc2");
                case EXPAND -> block(place, -1) + (norm ? ".1" : ".0");
                case DEPTHWISE -> block(place, 0) + (norm ? ".1" : ".0");
                case PROJECT -> block(place, 2) + (norm ? ".1" : ".0");
            };
        }

        private String block(Place place, int afterDepthwise) {
            int number = (place.expands() ? 1 : 0) + afterDepthwise;
            return "features." + place.stage() + "." + place.index() + ".block." + number;
        }
    },
    /** {@code blocks.<stage>.<index>}, where a block without widening calls its projection {@code conv_pw}. */
    TIMM("conv_stem.weight", "(conv_stem|bn1|blocks|conv_head|bn2)\\..*") {
        @Override
        String module(Place place, boolean norm) {
            int before = place.expands() ? 1 : 0;
            String block = "blocks." + (place.stage() - 1) + "." + place.index() + ".";
            return switch (place.role()) {
                case STEM -> norm ? "bn1" : "conv_stem";
                case TOP -> norm ? "bn2" : "conv_head";
                case EXPAND -> block + (norm ? "bn1" : "conv_pw");
                case DEPTHWISE -> block + (norm ? "bn" + (1 + before) : "conv_dw");
                case SQUEEZE -> block + "se.conv_reduce";
                case EXCITE -> block + "se.conv_expand";
                case PROJECT -> block + (norm ? "bn" + (2 + before) : place.expands() ? "conv_pwl" : "conv_pw");
            };
        }
    },
    /** {@code _blocks.<n>}, counted over all stages; EfficientNet-PyTorch and its Lite form. */
    LUKEMELAS("_conv_stem.weight", "(_conv_stem|_bn0|_blocks|_conv_head|_bn1)\\..*") {
        @Override
        String module(Place place, boolean norm) {
            String block = "_blocks." + place.block() + ".";
            return switch (place.role()) {
                case STEM -> norm ? "_bn0" : "_conv_stem";
                case TOP -> norm ? "_bn1" : "_conv_head";
                case EXPAND -> block + (norm ? "_bn0" : "_expand_conv");
                case DEPTHWISE -> block + (norm ? "_bn1" : "_depthwise_conv");
                case SQUEEZE -> block + "_se_reduce";
                case EXCITE -> block + "_se_expand";
                case PROJECT -> block + (norm ? "_bn2" : "_project_conv");
            };
        }
    },
    /** {@code block1a_…} with kernels as height, width, in, out. */
    KERAS("stem_conv/kernel", "(stem_(conv|bn)|block\\d+[a-z]+_\\w+|top_(conv|bn))/.+") {
        @Override
        String module(Place place, boolean norm) {
            String block = "block" + place.stage() + (char) ('a' + place.index()) + "_";
            return switch (place.role()) {
                case STEM -> norm ? "stem_bn" : "stem_conv";
                case TOP -> norm ? "top_bn" : "top_conv";
                case EXPAND -> block + (norm ? "expand_bn" : "expand_conv");
                case DEPTHWISE -> block + (norm ? "bn" : "dwconv");
                case SQUEEZE -> block + "se_reduce";
                case EXCITE -> block + "se_expand";
                case PROJECT -> block + (norm ? "project_bn" : "project_conv");
            };
        }

        @Override
        String kind(Parameter.Type type) {
            return switch (type) {
                case WEIGHT -> "/kernel";
                case BIAS -> "/bias";
                case GAMMA -> "/gamma";
                case BETA -> "/beta";
                case RUNNING_MEAN -> "/moving_mean";
                case RUNNING_VAR -> "/moving_variance";
                case OTHER -> throw new IllegalArgumentException("No part of EfficientNet: " + type);
            };
        }

        @Override
        Tensor toOurs(Place place, Parameter.Type type, Tensor tensor) {
            if (type != Parameter.Type.WEIGHT || tensor.shape().length != 4) {
                return tensor;
            }
            return place.role() == Role.DEPTHWISE ? tensor.transpose(2, 3, 0, 1) : tensor.transpose(3, 2, 0, 1);
        }
    };

    /** Keras's own normalisation of the input. */
    static final Pattern NORMALIZATION = Pattern.compile("normalization(_\\d+)?/(mean|variance|count)");

    private final String mark;
    private final Pattern trunk;

    Layout(String mark, String trunk) {
        this.mark = mark;
        this.trunk = Pattern.compile(trunk);
    }

    /** The name of an array that only this layout has. */
    String mark() {
        return mark;
    }

    /** Whether an array bears a name of the trunk: one that B0 does not have is of a larger network. */
    boolean isTrunk(String name) {
        return trunk.matcher(name).matches() && !isCounter(name);
    }

    /** Whether an array is beside the trunk: a classifier, say. */
    boolean isBeside(String name) {
        return !trunk.matcher(name).matches() && !isCounter(name) && !name.endsWith("/") && !NORMALIZATION.matcher(name).matches();
    }

    private static boolean isCounter(String name) {
        return name.endsWith(".num_batches_tracked");
    }

    /** The file's name of a parameter. */
    String name(Place place, Parameter.Type type) {
        return module(place, type != Parameter.Type.WEIGHT && type != Parameter.Type.BIAS) + kind(type);
    }

    /** The part of the name that a convolution or its normalisation has. */
    abstract String module(Place place, boolean norm);

    /** The part behind that; PyTorch's unless a layout has its own. */
    String kind(Parameter.Type type) {
        return switch (type) {
            case WEIGHT, GAMMA -> ".weight";
            case BIAS, BETA -> ".bias";
            case RUNNING_MEAN -> ".running_mean";
            case RUNNING_VAR -> ".running_var";
            case OTHER -> throw new IllegalArgumentException("No part of EfficientNet: " + type);
        };
    }

    /** An array of the file in the order of axes that PyTorch and this kit use: out, in, height, width. */
    Tensor toOurs(Place place, Parameter.Type type, Tensor tensor) {
        return tensor;
    }
}
