/** Single files and folders, whatever they are part of: read safely into limited memory, told by their first bytes, written wholly or not at all. */
package ferkit.data.file;
