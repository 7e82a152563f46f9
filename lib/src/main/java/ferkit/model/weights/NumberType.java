package ferkit.model.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/** The types of numbers in weight files. */
enum NumberType {
    DOUBLE("DoubleStorage", "F64", 8), FLOAT("FloatStorage", "F32", 4), HALF("HalfStorage", "F16", 2), BFLOAT16("BFloat16Storage", "BF16", 2),
    LONG("LongStorage", "I64", 8), INT("IntStorage", "I32", 4), SHORT("ShortStorage", "I16", 2), CHAR("CharStorage", "I8", 1),
    BYTE("ByteStorage", "U8", 1), BOOL("BoolStorage", "BOOL", 1);

    private final String storage;
    private final String safetensors;
    private final int bytes;

    NumberType(String storage, String safetensors, int bytes) {
        this.storage = storage;
        this.safetensors = safetensors;
        this.bytes = bytes;
    }

    /** How PyTorch calls a storage of them. */
    String storage() {
        return storage;
    }

    /** Bytes of one number. */
    int bytes() {
        return bytes;
    }

    /** Whether weights can be of this type; others count or index something. */
    boolean isFloat() {
        return ordinal() <= BFLOAT16.ordinal();
    }

    /** The type that safetensors call so. */
    static Optional<NumberType> ofSafetensors(String name) {
        return Arrays.stream(values()).filter(type -> type.safetensors.equals(name)).findFirst();
    }

    /** Little-endian numbers of this type, one {@link #isFloat}, as floats. */
    float[] floats(byte[] raw) {
        ByteBuffer in = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
        float[] numbers = new float[raw.length / bytes];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = switch (this) {
                case DOUBLE -> (float) in.getDouble();
                case FLOAT -> in.getFloat();
                case HALF -> half(in.getShort());
                case BFLOAT16 -> Float.intBitsToFloat(in.getShort() << 16);
                default -> throw new IllegalArgumentException(this + " is no type of floats");
            };
        }
        return numbers;
    }

    /** A number of 16 bits: sign, five of the exponent, ten of the fraction (IEEE 754). */
    private static float half(short bits) {
        int exponent = bits >> 10 & 31;
        float fraction = (bits & 1023) * 0x1p-10f;
        float size = switch (exponent) {
            case 0 -> fraction * 0x1p-14f;
            case 31 -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
            default -> Math.scalb(1 + fraction, exponent - 15);
        };
        return bits < 0 ? -size : size;
    }
}
