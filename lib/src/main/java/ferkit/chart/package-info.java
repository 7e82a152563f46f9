/** XChart figures made of plain numbers. */
package ferkit.chart;
