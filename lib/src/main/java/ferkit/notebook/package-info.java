/** What a notebook touches: the study, its settings and folders, tables, progress and pictures. */
package ferkit.notebook;
