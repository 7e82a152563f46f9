package ferkit.spark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Where executors keep the checkpoints of runs, so that another machine goes on from them: on the driver's machine, or in a file system that all reach. */
interface Checkpoints {
    /** What checkpoints are called, and nothing else. */
    String NAME = "checkpoint-\\d{4,9}\\.zip";
    /** Of a run, as many are kept: where the newest cannot be read, the one before. */
    int KEPT = 2;

    /**
     * Copies what is kept of a run into a folder.
     *
     * @param run see {@link RunTask#run}
     * @param log takes a sentence on each that cannot be read, which is left out
     * @throws IOException if the place itself cannot be read
     */
    void fetch(String run, Path folder, Consumer<String> log) throws IOException;

    /** Keeps a checkpoint, whole or not at all, and then removes all but the newest {@link #KEPT}. */
    void keep(String run, Path checkpoint) throws IOException;
}
