/** Keeps data sets that were read once, so that the next start takes a fraction of a second. */
package ferkit.data.cache;
