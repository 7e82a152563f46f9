package ferkit.model.weights;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.razorvine.pickle.IObjectConstructor;
import net.razorvine.pickle.Opcodes;
import net.razorvine.pickle.PickleException;
import net.razorvine.pickle.PickleUtils;
import net.razorvine.pickle.Unpickler;

/**
 * Reads the pickle of a PyTorch state dict: names and descriptions of tensors. A pickle is a program; this one may do
 * nothing but build dictionaries, tuples and the two kinds of description below. Any other name or instruction is refused.
 */
final class StateDictUnpickler extends Unpickler {
    /** A run of numbers that lies outside the pickle. */
    record Storage(String type, String key, long elements) {
        static final Map<String, Integer> BYTES = Map.of("FloatStorage", 4, "LongStorage", 8);
    }

    /** How a tensor looks at its storage; offset and strides count elements. */
    record View(Storage storage, long offset, long[] shape, long[] stride) {}

    private static final Map<String, IObjectConstructor> GLOBALS = Map.of(
            "collections.OrderedDict", StateDictUnpickler::dictionary,
            "torch._utils._rebuild_tensor_v2", StateDictUnpickler::view,
            "torch.FloatStorage", new StorageType("FloatStorage"),
            "torch.LongStorage", new StorageType("LongStorage"));

    private static final Set<Short> OPCODES = Set.of(Opcodes.PROTO, Opcodes.STOP, Opcodes.MARK, Opcodes.NONE,
            Opcodes.NEWTRUE, Opcodes.NEWFALSE, Opcodes.BININT, Opcodes.BININT1, Opcodes.BININT2, Opcodes.LONG1,
            Opcodes.BINUNICODE, Opcodes.TUPLE, Opcodes.TUPLE1, Opcodes.TUPLE2, Opcodes.TUPLE3, Opcodes.EMPTY_TUPLE,
            Opcodes.EMPTY_DICT, Opcodes.EMPTY_LIST, Opcodes.APPEND, Opcodes.APPENDS, Opcodes.SETITEM, Opcodes.SETITEMS,
            Opcodes.BINPUT, Opcodes.LONG_BINPUT, Opcodes.BINGET, Opcodes.LONG_BINGET, Opcodes.BINPERSID, Opcodes.REDUCE);

    private record StorageType(String name) implements IObjectConstructor {
        @Override
        public Object construct(Object[] arguments) {
            throw new PickleException("torch." + name + " is called, expected only as the type of a storage");
        }
    }

    @Override
    protected Object dispatch(short opcode) throws IOException {
        if (opcode == Opcodes.GLOBAL) {
            String name = PickleUtils.readline(input) + "." + PickleUtils.readline(input);
            IObjectConstructor constructor = GLOBALS.get(name);
            if (constructor == null) {
                throw new PickleException("it names " + name + ", which a plain state dict does not need; nothing was run");
            }
            stack.add(constructor);
            return NO_RETURN_VALUE;
        }
        if (opcode == Opcodes.BUILD) { // sets _metadata, which says nothing about the tensors
            stack.pop();
            return NO_RETURN_VALUE;
        }
        if (!OPCODES.contains(opcode)) {
            throw new PickleException(String.format("it has the instruction 0x%02x, which a plain state dict does not need; nothing was run", opcode));
        }
        return super.dispatch(opcode);
    }

    @Override
    protected Object persistentLoad(Object id) {
        if (id instanceof Object[] parts && parts.length >= 5 && "storage".equals(parts[0]) && parts[1] instanceof StorageType type
                && parts[2] instanceof String key && parts[4] instanceof Number elements
                && (parts.length == 5 || parts[5] == null)) {
            return new Storage(type.name(), key, elements.longValue());
        }
        throw new PickleException("it refers to something outside that is not a storage of float or long numbers");
    }

    private static Object dictionary(Object[] arguments) {
        if (arguments.length != 0) {
            throw new PickleException("OrderedDict with arguments, expected none");
        }
        return new LinkedHashMap<Object, Object>();
    }

    private static Object view(Object[] arguments) {
        if (arguments.length >= 4 && arguments[0] instanceof Storage storage && arguments[1] instanceof Number offset) {
            return new View(storage, offset.longValue(), numbers(arguments[2]), numbers(arguments[3]));
        }
        throw new PickleException("a tensor that is not given as storage, offset, sizes and strides");
    }

    private static long[] numbers(Object tuple) {
        if (!(tuple instanceof Object[] items)) {
            throw new PickleException("a tensor's sizes or strides are not a tuple");
        }
        return List.of(items).stream().mapToLong(n -> {
            if (n instanceof Number number) {
                return number.longValue();
            }
            throw new PickleException("a tensor's sizes or strides are not numbers");
        }).toArray();
    }
}
