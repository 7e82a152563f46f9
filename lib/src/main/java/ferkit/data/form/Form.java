package ferkit.data.form;

import ferkit.data.Faces;
import ferkit.data.Split;
import ferkit.data.file.Room;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A form in which images and their labels are shared, told by its content. To add one, write a class and name it in {@link Datasets}' list. */
interface Form {
    /**
     * Whether a file or folder is of this form, whatever it holds.
     *
     * @throws IOException if it cannot be read, a {@code ZipException} or {@code EOFException} if it is packed and damaged
     */
    boolean recognises(Path path) throws IOException;

    /**
     * The splits of a data set that a file or folder of this form holds; empty if it holds none.
     *
     * @throws IOException as {@link #recognises}
     */
    Set<Split> splits(Path path) throws IOException;

    /**
     * Reads a file or folder of this form.
     *
     * @param room for what is taken into memory
     * @throws IOException if it is wrong: what was found where, what was expected, what to do
     */
    Content read(Path path, Room room) throws IOException;

    /**
     * What was read.
     *
     * @param splits images and labels of each split that is there, in file order
     * @param numbers whether a label was given as a number, which was taken in FER2013's order
     * @param words whether a label was given as a name
     * @param notes sentences on what was counted, assumed or left unread
     */
    record Content(Map<Split, Faces> splits, boolean numbers, boolean words, List<String> notes) {}
}
