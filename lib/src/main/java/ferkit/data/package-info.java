/** Images, labels and splits, what they mean, where they come from, and what is known of FER2013 and FER+. */
package ferkit.data;
