package ferkit.notebook;

import ferkit.chart.Picture;
import java.util.Base64;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import tech.tablesaw.api.ColumnType;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;

/** Tables and pictures as HTML that needs nothing from the network. */
final class Html {
    /** Characters of a cell that is not to be broken into lines, for example a model's name or an interval. */
    private static final int SHORT = 20;
    private static final Predicate<String> FIGURE = Pattern.compile("(< |[+−])?[0-9][0-9,.]*(–[0-9.]+| to [+−]?[0-9.]+)?|–|").asMatchPredicate();

    private Html() {}

    /** A table under its name, with its headings; figures stand at the right, and short cells stay on one line. */
    static String table(Table table) {
        StringBuilder html = new StringBuilder("<table class=\"ferkit\">");
        if (table.name() != null && !table.name().isEmpty()) {
            html.append("<caption style=\"caption-side:top;text-align:left\">").append(escape(table.name())).append("</caption>");
        }
        html.append("<thead><tr>");
        for (Column<?> column : table.columns()) {
            html.append("<th scope=\"col\" style=\"").append(align(column)).append("\">").append(escape(column.name())).append("</th>");
        }
        html.append("</tr></thead><tbody>");
        for (int row = 0; row < table.rowCount(); row++) {
            html.append("<tr>");
            for (Column<?> column : table.columns()) {
                String text = column.getString(row);
                html.append("<td style=\"").append(align(column)).append(text.length() <= SHORT ? ";white-space:nowrap" : "").append("\">")
                        .append(text.startsWith("https://") ? link(text) : escape(text)).append("</td>");
            }
            html.append("</tr>");
        }
        return html.append("</tbody></table>").toString();
    }

    private static String link(String address) {
        return "<a style=\"overflow-wrap:anywhere\" href=\"" + escape(address) + "\">" + escape(address.substring("https://".length())) + "</a>";
    }

    private static String align(Column<?> column) {
        boolean figures = column.type() != ColumnType.STRING || column.asStringColumn().asList().stream().allMatch(FIGURE);
        return "text-align:" + (figures ? "right" : "left");
    }

    /** A picture that lies within the page, over its title; whoever cannot see it is given its description. */
    static String figure(Picture picture) {
        return "<figure class=\"ferkit\" style=\"margin:0\">" + image(picture) + (picture.title().isEmpty() ? ""
                : "<figcaption>" + escape(picture.title()) + "</figcaption>") + "</figure>";
    }

    /** A picture without its title. */
    static String image(Picture picture) {
        return "<img style=\"max-width:100%;height:auto\" width=\"" + picture.width() + "\" alt=\"" + escape(picture.description())
                + "\" src=\"data:image/png;base64," + Base64.getEncoder().encodeToString(picture.png()) + "\">";
    }

    /** HTML behind a line that unfolds it. */
    static String folded(String line, String html) {
        return "<details><summary>" + escape(line) + "</summary>" + html + "</details>";
    }

    /** One line of text. */
    static String paragraph(String text) {
        return "<div>" + escape(text) + "</div>";
    }

    static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
