/** What is found in a data set before anything learns from it: duplicates, contradictions, blank images, statistics, other people's votes. */
package ferkit.data.report;
