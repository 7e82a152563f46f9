package ferkit.export;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.onnx.proto.OnnxMl;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ferkit.data.Format;
import ferkit.model.Operations;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.tribuo.util.onnx.ONNXAttribute;
import org.tribuo.util.onnx.ONNXContext;
import org.tribuo.util.onnx.ONNXInitializer;
import org.tribuo.util.onnx.ONNXOperator;
import org.tribuo.util.onnx.ONNXOperators;
import org.tribuo.util.onnx.ONNXPlaceholder;
import org.tribuo.util.onnx.ONNXRef;

/** Operations as the nodes of an ONNX graph of images (N, channels, height, width), N free, which gives each class a probability (N, classes). */
final class OnnxGraph implements Operations<OnnxGraph.Value> {
    /** Name of the graph's input. */
    static final String INPUT = "faces";
    /** Name of the graph's output. */
    static final String OUTPUT = "probabilities";
    /** The version of ONNX's operators: Tribuo's. */
    static final int OPSET = ONNXOperators.getOpsetVersion();

    private static final String BATCH = "N";

    private final ONNXContext context = new ONNXContext();
    private final Format format;
    private final ONNXPlaceholder input;

    /** What a node gives, and its shape without the batch axis. */
    record Value(ONNXRef<?> node, Shape shape) {}

    /** An operator of ONNX with its attributes, those of Tribuo's own or not; numbers of inputs are checked where the graph is run. */
    private record Operator(String name, Map<String, Object> values) implements ONNXOperator {
        @Override
        public String getOpName() {
            return name;
        }

        @Override
        public int getNumInputs() {
            return ONNXAttribute.VARIADIC_INPUT;
        }

        @Override
        public int getNumOptionalInputs() {
            return 0;
        }

        @Override
        public int getNumOutputs() {
            return 1;
        }

        @Override
        public Map<String, ONNXAttribute> getAttributes() {
            return values.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> new ONNXAttribute(entry.getKey(),
                    entry.getValue() instanceof int[] ? AttributeType.INTS : entry.getValue() instanceof Integer ? AttributeType.INT
                            : entry.getValue() instanceof Float ? AttributeType.FLOAT : AttributeType.STRING,
                    false)));
        }

        @Override
        public Set<String> getMandatoryAttributeNames() {
            return Set.of();
        }

        @Override
        public int getOpVersion() {
            return OPSET;
        }

        @Override
        public String getOpDomain() {
            return null;
        }
    }

    /** A graph of nothing yet but its input: values 0 to 255. */
    OnnxGraph(Format format) {
        this.format = format;
        context.setName("ferkit");
        input = context.floatInput(INPUT, format.size());
    }

    /** The images as they come in. */
    Value input() {
        return new Value(input, new Shape(format.channels(), format.height(), format.width()));
    }

    /** Each image less its mean, divided by its deviation, but by no less than 1 / √(its numbers), as {@code Input.grey().asStandardized()}. */
    Value standardize(Value x) {
        ONNXRef<?> centred = node("Sub", Map.of(), x.node, mean(x.node));
        ONNXRef<?> deviation = node("Sqrt", Map.of(), mean(node("Mul", Map.of(), centred, centred)));
        return new Value(node("Div", Map.of(), centred,
                node("Max", Map.of(), deviation, context.constant("least_deviation", (float) (1 / Math.sqrt(x.shape.size()))))), x.shape);
    }

    private ONNXRef<?> mean(ONNXRef<?> images) {
        return node("ReduceMean", Map.of("axes", new int[] {1, 2, 3}, "keepdims", 1), images);
    }

    /** Logits as probabilities. */
    Value softmax(Value x) {
        return with(x.shape, "Softmax", Map.of("axis", 1), x.node);
    }

    /** The mean of several values of one shape. */
    Value mean(List<Value> values) {
        ONNXRef<?>[] nodes = values.stream().map(Value::node).toArray(ONNXRef<?>[]::new);
        return nodes.length == 1 ? values.get(0) : with(values.get(0).shape, "Mean", Map.of(), nodes);
    }

    /** The graph that gives these probabilities. */
    OnnxMl.GraphProto build(Value probabilities) {
        int classes = (int) probabilities.shape.get(0);
        probabilities.node.assignTo(context.floatOutput(OUTPUT, classes));
        OnnxMl.GraphProto graph = context.buildGraph();
        // Tribuo declares rows of numbers
        return graph.toBuilder().setInput(0, declared(INPUT, format.channels(), format.height(), format.width()))
                .setOutput(0, declared(OUTPUT, classes)).build();
    }

    private static OnnxMl.ValueInfoProto declared(String name, int... sizes) {
        OnnxMl.TensorShapeProto.Builder shape = OnnxMl.TensorShapeProto.newBuilder();
        shape.addDimBuilder().setDimParam(BATCH);
        for (int size : sizes) {
            shape.addDimBuilder().setDimValue(size);
        }
        return OnnxMl.ValueInfoProto.newBuilder().setName(name).setType(OnnxMl.TypeProto.newBuilder().setTensorType(
                OnnxMl.TypeProto.Tensor.newBuilder().setElemType(OnnxMl.TensorProto.DataType.FLOAT_VALUE).setShape(shape))).build();
    }

    @Override
    public Shape shape(Value x) {
        return x.shape;
    }

    @Override
    public Value convolution(Value x, NDArray weight, NDArray bias, int stride, int[] padding, int groups) {
        int rows = (int) weight.getShape().get(2);
        int columns = (int) weight.getShape().get(3);
        Shape shape = new Shape(weight.getShape().get(0), (x.shape.get(1) + padding[0] + padding[2] - rows) / stride + 1,
                (x.shape.get(2) + padding[1] + padding[3] - columns) / stride + 1);
        return with(shape, "Conv", Map.of("kernel_shape", new int[] {rows, columns}, "strides", new int[] {stride, stride}, "pads", padding,
                "group", groups), weighted(x, weight, bias));
    }

    @Override
    public Value dense(Value x, NDArray weight, NDArray bias) {
        return with(new Shape(weight.getShape().get(0)), "Gemm", Map.of("transB", 1), weighted(x, weight, bias));
    }

    @Override
    public Value normalize(Value x, NDArray scale, NDArray shift, NDArray mean, NDArray variance, float epsilon) {
        return with(x.shape, "BatchNormalization", Map.of("epsilon", epsilon), x.node, array(scale), array(shift), array(mean), array(variance));
    }

    @Override
    public Value pool(Value x, Window window, int side) {
        Map<String, Object> attributes = Map.of("kernel_shape", new int[] {side, side}, "strides", new int[] {side, side});
        return with(new Shape(x.shape.get(0), x.shape.get(1) / side, x.shape.get(2) / side), window == Window.MAX ? "MaxPool" : "AveragePool",
                attributes, x.node);
    }

    @Override
    public Value average(Value x) {
        return with(new Shape(x.shape.get(0), 1, 1), "GlobalAveragePool", Map.of(), x.node);
    }

    @Override
    public Value activate(Value x, Activation function) {
        return switch (function) {
            case RELU -> with(x.shape, "Relu", Map.of(), x.node);
            case RELU6 -> with(x.shape, "Clip", Map.of(), x.node, context.constant("least", 0f), context.constant("most", 6f));
            case SIGMOID -> with(x.shape, "Sigmoid", Map.of(), x.node);
        };
    }

    @Override
    public Value add(Value x, Value y) {
        return with(x.shape, "Add", Map.of(), x.node, y.node);
    }

    @Override
    public Value multiply(Value x, Value y) {
        return with(x.shape, "Mul", Map.of(), x.node, y.node);
    }

    @Override
    public Value scale(Value x, float unit, List<Float> mean, List<Float> deviation) {
        ONNXRef<?> centred = node("Sub", Map.of(), node("Div", Map.of(), x.node, context.constant("unit", unit)), channels("means", mean));
        return with(new Shape(mean.size(), x.shape.get(1), x.shape.get(2)), "Div", Map.of(), centred, channels("deviations", deviation));
    }

    private ONNXRef<?> channels(String name, List<Float> values) {
        return context.floatTensor(name, List.of(1, values.size(), 1, 1), numbers -> values.forEach(numbers::put));
    }

    @Override
    public Value resize(Value x, int side) {
        Shape shape = new Shape(x.shape.get(0), side, side);
        // N is taken from the images; sizes, not scales, so that no rounding decides the number of pixels
        ONNXRef<?> count = node("Gather", Map.of("axis", 0), node("Shape", Map.of(), x.node), context.array("first", new long[] {0}));
        ONNXRef<?> sizes = node("Concat", Map.of("axis", 0), count, context.array("resized", shape.getShape()));
        return with(shape, "Resize", Map.of("mode", "linear", "coordinate_transformation_mode", "half_pixel"), x.node,
                context.array("no_region", new float[0]), context.array("no_scales", new float[0]), sizes);
    }

    @Override
    public Value flatten(Value x) {
        return with(new Shape(x.shape.size()), "Flatten", Map.of("axis", 1), x.node);
    }

    private Value with(Shape shape, String operator, Map<String, Object> attributes, ONNXRef<?>... inputs) {
        return new Value(node(operator, attributes, inputs), shape);
    }

    private ONNXRef<?> node(String operator, Map<String, Object> attributes, ONNXRef<?>... inputs) {
        return context.operation(new Operator(operator, attributes), Arrays.asList(inputs), operator.toLowerCase(Locale.ROOT), attributes);
    }

    private ONNXRef<?>[] weighted(Value x, NDArray weight, NDArray bias) {
        List<ONNXRef<?>> inputs = new ArrayList<>(List.of(x.node, array(weight)));
        if (bias != null) {
            inputs.add(array(bias));
        }
        return inputs.toArray(ONNXRef<?>[]::new);
    }

    private ONNXInitializer array(NDArray array) {
        return context.floatTensor("weights", Arrays.stream(array.getShape().getShape()).mapToObj(Math::toIntExact).toList(),
                numbers -> numbers.put(array.toFloatArray()));
    }
}
