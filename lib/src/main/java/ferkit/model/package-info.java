/** Networks as rows of data, and what turns a row into a DJL block. Nothing here knows of training or of images. */
package ferkit.model;
