package ferkit.spark;

import ferkit.train.Checkpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Where executors keep the checkpoints of runs, so that another machine goes on from them: on the driver's machine, or in a file system that all reach. */
interface Checkpoints {
    /**
     * Copies what is kept of a run into a folder.
     *
     * @param run see {@link RunTask#run}
     * @param log takes a sentence on each that cannot be read, which is left out
     * @throws IOException if the place itself cannot be read
     */
    void fetch(String run, Path folder, Consumer<String> log) throws IOException;

    /** Keeps a checkpoint, whole or not at all, and then removes all but the newest {@link Checkpoint#KEPT}. */
    void keep(String run, Path checkpoint) throws IOException;
}
