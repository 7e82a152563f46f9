/** What a notebook touches first: the study under the cell, live progress, HTML and help. The only package that knows of a kernel. */
package ferkit.notebook;
