package ferkit.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ferkit.data.FaceSet;
import ferkit.data.Faces;
import ferkit.data.Origin;
import ferkit.data.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Table;

class StudyTest {
    private static String training(Settings settings, FaceSet data) throws IOException {
        Study study = Study.open(settings.withData("sample"), (content, mime) -> "id", (id, content, mime) -> { });
        Workspace workspace = new Workspace(Path.of(""), settings, data, "cpu");
        Table table = new Study(workspace, (content, mime) -> "id", (id, content, mime) -> { }).provenance();
        assertEquals(study.provenance().stringColumn("Setting").asList(), table.stringColumn("Setting").asList());
        return table.stringColumn("Value").get(table.stringColumn("Setting").asList().indexOf("Training"));
    }

    @Test
    void whatWasOpenedStandsBelowTheTableForWhoeverMakesAPage() throws IOException {
        List<Object> shown = new ArrayList<>();
        Settings settings = Settings.from(Map.of()).withData("sample").withSeed(7);
        Study.open(settings, (content, mime) -> {
            shown.add(content);
            return "id";
        }, (id, content, mime) -> { });
        assertTrue(shown.get(shown.size() - 1).toString().endsWith("</table><!-- study of sample, seed 7 -->"));
    }

    @Test
    void theSizeOfTrainingIsSaidAsFarAsItIsTheSameForAllModels() throws IOException {
        Settings settings = Settings.from(Map.of());
        Faces two = new Faces(new byte[2 * Faces.PIXELS], new byte[] {3, 4});
        FaceSet photographs = new FaceSet(new Origin(Origin.Kind.FER2013, "FER2013"), two, two, two);
        assertEquals("epochs: 5, batch: 16, images: all (made for the sample, not the study's)", training(settings, Sample.draw()));
        assertEquals("the study's configuration; a trial for models without a finished run of it", training(settings, photographs));
        assertEquals("the study's configuration", training(settings.withFull(true), photographs));
        assertEquals("epochs: as many as in the study, batch: 64, images: 1", training(settings.withBatch(64).withLimit(1), photographs));
        assertEquals("epochs: 3, batch: 128, images: all", training(settings.withEpochs(3).withLimit(2), photographs));
    }
}
