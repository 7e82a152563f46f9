/** The study: what it published and found, where its data and runs lie, what a user may choose of it, and what kind of run a recipe is on some data. */
package ferkit.study;
