package ferkit.spark;

import java.io.Serializable;

/**
 * What came of a run on an executor.
 *
 * @param archive the finished run's files, see {@link Archive}; null where there is a problem
 * @param problem why there will be no run, however often it is tried; null where there is one
 */
record Outcome(byte[] archive, String problem) implements Serializable {}
