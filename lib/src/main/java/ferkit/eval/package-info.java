/** Numbers made of predictions and histories: reports, confusion, intervals, paired tests, overfitting. */
package ferkit.eval;
