/** The public forms in which images and labels are shared, one class for each, and {@link ferkit.data.form.Datasets}, which asks them in turn. */
package ferkit.data.form;
