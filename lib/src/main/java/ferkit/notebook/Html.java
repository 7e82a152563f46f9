package ferkit.notebook;

import ferkit.chart.Charts;
import java.awt.image.BufferedImage;
import java.util.Base64;
import tech.tablesaw.api.ColumnType;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;

/** Tables and pictures as HTML that needs nothing from the network. */
final class Html {
    private Html() {}

    /** A table with its headings; numbers stand at the right. */
    static String table(Table table) {
        StringBuilder html = new StringBuilder("<table class=\"ferkit\"><thead><tr>");
        for (Column<?> column : table.columns()) {
            cell(html, "th", column, column.name());
        }
        html.append("</tr></thead><tbody>");
        for (int row = 0; row < table.rowCount(); row++) {
            html.append("<tr>");
            for (Column<?> column : table.columns()) {
                cell(html, "td", column, column.getString(row));
            }
            html.append("</tr>");
        }
        return html.append("</tbody></table>").toString();
    }

    private static void cell(StringBuilder html, String tag, Column<?> column, String text) {
        boolean number = column.type() != ColumnType.STRING;
        html.append('<').append(tag).append(" style=\"text-align:").append(number ? "right" : "left").append("\">")
                .append(escape(text)).append("</").append(tag).append('>');
    }

    /** A picture that lies within the page. */
    static String image(BufferedImage image) {
        return "<img style=\"max-width:100%;width:900px\" alt=\"\" src=\"data:image/png;base64,"
                + Base64.getEncoder().encodeToString(Charts.png(image)) + "\">";
    }

    /** One line of text. */
    static String paragraph(String text) {
        return "<div>" + escape(text) + "</div>";
    }

    static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
