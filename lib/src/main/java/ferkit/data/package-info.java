/** The images, their labels and splits, and what is known of them: public forms of FER2013 are read here, the sample is drawn here. */
package ferkit.data;
