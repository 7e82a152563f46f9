/** Numbers made of predictions: reports, confusion, intervals, paired tests, and what the study published. */
package ferkit.eval;
