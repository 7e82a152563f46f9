/** Tables, figures and sentences made of data and of finished runs. */
package ferkit.report;
