/** Photographs: where the faces are in them, and what a finished run says of each. */
package ferkit.photo;
