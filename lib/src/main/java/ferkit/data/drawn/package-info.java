/** The drawn sample: faces made by code, so that everything runs where FER2013 is not at hand. */
package ferkit.data.drawn;
