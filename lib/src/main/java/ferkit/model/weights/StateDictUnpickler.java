package ferkit.model.weights;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
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
 * nothing but build numbers, texts, lists, dictionaries, tuples and the two kinds of description below. In place of anything
 * else that it names stands {@link Unread}; any other instruction is refused.
 */
final class StateDictUnpickler extends Unpickler {
    /** A run of numbers that lies outside the pickle. */
    record Storage(NumberType type, String key, long elements) {
        Storage {
            if (elements < 0 || elements > Integer.MAX_VALUE) {
                throw new PickleException("a storage of " + elements + " numbers");
            }
        }

        /** Bytes of the whole run. */
        long bytes() {
            return elements * type.bytes();
        }
    }

    /** How a tensor looks at its storage; offset and strides count elements. */
    record View(Storage storage, long offset, long[] shape, long[] stride) {}

    /** In place of what the pickle names and nobody makes here, such as a model's class or a program's settings; it takes what is put into it. */
    static final class Unread extends HashMap<Object, Object> implements IObjectConstructor {
        private static final long serialVersionUID = 1;

        private final String name;

        Unread(String name) {
            this.name = name;
        }

        /** What the pickle calls it. */
        String name() {
            return name;
        }

        @Override
        public Object construct(Object[] arguments) {
            return new Unread(name);
        }
    }

    private record StorageType(NumberType type) implements IObjectConstructor {
        @Override
        public Object construct(Object[] arguments) {
            throw new PickleException("torch." + type.storage() + " is called, expected only as the type of a storage");
        }
    }

    private static final Map<String, IObjectConstructor> GLOBALS = new HashMap<>(Map.of(
            "collections.OrderedDict", StateDictUnpickler::dictionary,
            "torch._utils._rebuild_tensor_v2", StateDictUnpickler::view,
            "torch._utils._rebuild_parameter", arguments -> arguments[0]));

    static {
        for (NumberType type : NumberType.values()) {
            GLOBALS.put("torch." + type.storage(), new StorageType(type));
        }
    }

    private static final Set<Short> OPCODES = Set.of(Opcodes.PROTO, Opcodes.FRAME, Opcodes.STOP, Opcodes.MARK, Opcodes.NONE,
            Opcodes.NEWTRUE, Opcodes.NEWFALSE, Opcodes.BININT, Opcodes.BININT1, Opcodes.BININT2, Opcodes.LONG1, Opcodes.BINFLOAT,
            Opcodes.SHORT_BINUNICODE, Opcodes.SHORT_BINSTRING, Opcodes.SHORT_BINBYTES,
            Opcodes.TUPLE, Opcodes.TUPLE1, Opcodes.TUPLE2, Opcodes.TUPLE3, Opcodes.EMPTY_TUPLE,
            Opcodes.EMPTY_DICT, Opcodes.EMPTY_LIST, Opcodes.APPEND, Opcodes.APPENDS, Opcodes.SETITEM, Opcodes.SETITEMS,
            Opcodes.BINPUT, Opcodes.LONG_BINPUT, Opcodes.BINGET, Opcodes.LONG_BINGET, Opcodes.MEMOIZE, Opcodes.BINPERSID,
            Opcodes.REDUCE, Opcodes.NEWOBJ);

    private final Map<String, Storage> storages = new HashMap<>();

    /** The storages that the pickle refers to, by their keys. */
    Map<String, Storage> storages() {
        return storages;
    }

    @Override
    protected Object dispatch(short opcode) throws IOException {
        if (opcode == Opcodes.GLOBAL) {
            stack.add(global(PickleUtils.readline(input), PickleUtils.readline(input)));
        } else if (opcode == Opcodes.STACK_GLOBAL) {
            Object name = stack.pop();
            stack.add(global(stack.pop(), name));
        } else if (opcode == Opcodes.BINUNICODE) {
            stack.add(text());
        } else if (opcode == Opcodes.BUILD) { // gives an object its state, which says nothing about the tensors
            stack.pop();
        } else if (OPCODES.contains(opcode)) {
            return super.dispatch(opcode);
        } else {
            throw new PickleException(
                    String.format("it has the instruction 0x%02x, which a plain state dict does not need; nothing was run", opcode));
        }
        return NO_RETURN_VALUE;
    }

    private static IObjectConstructor global(Object module, Object name) {
        String full = module + "." + name;
        IObjectConstructor known = GLOBALS.get(full);
        return known != null ? known : new Unread(full);
    }

    /** A text behind its length; the library takes the memory for it before it has seen whether there are so many bytes. */
    private String text() throws IOException {
        long length = Integer.toUnsignedLong(ByteBuffer.wrap(input.readNBytes(Integer.BYTES)).order(ByteOrder.LITTLE_ENDIAN).getInt());
        byte[] text = input.readNBytes((int) Math.min(length, Integer.MAX_VALUE));
        if (text.length < length) {
            throw new EOFException("its pickle declares a text of " + length + " bytes and has only " + text.length + " more");
        }
        return new String(text, StandardCharsets.UTF_8);
    }

    @Override
    protected Object persistentLoad(Object id) {
        if (id instanceof Object[] parts && parts.length >= 5 && "storage".equals(parts[0]) && parts[1] instanceof StorageType type
                && parts[2] instanceof String key && parts[4] instanceof Number elements
                && (parts.length == 5 || parts[5] == null)) {
            Storage storage = new Storage(type.type(), key, elements.longValue());
            storages.put(key, storage);
            return storage;
        }
        if (id instanceof Object[] parts && parts.length > 1 && "module".equals(parts[0])) { // a class, with its source for warnings
            return parts[1];
        }
        throw new PickleException("it refers to something outside that is not a storage of numbers");
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
