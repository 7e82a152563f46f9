/** Networks as rows of data, and what turns a row into a DJL block. They are built for a format of images and a number of classes; nothing here knows of training or of a single image. */
package ferkit.model;
