package ferkit.data.form;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ferkit.data.Emotion;
import ferkit.data.FaceSet;
import ferkit.data.Faces;
import ferkit.data.Official;
import ferkit.data.Origin;
import ferkit.data.Split;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DatasetsTest {
    @Test
    void otherImagesInFer2013sNumbersAreNotComparable() {
        Map<Split, Faces> splits = new EnumMap<>(Split.class);
        for (Split split : Split.values()) {
            byte[] labels = new byte[IntStream.of(Official.counts(split)).sum()];
            int next = 0;
            for (int label = 0; label < Emotion.COUNT; label++) {
                Arrays.fill(labels, next, next += Official.counts(split)[label], (byte) label);
            }
            splits.put(split, new Faces(new byte[labels.length * Faces.PIXELS], labels));
        }
        FaceSet blank = Datasets.assemble(Path.of("fer2013.csv"), new Form.Content(splits, false, false, new ArrayList<>()));
        assertEquals(Origin.Kind.OTHER_PIXELS, blank.origin().kind());
        assertEquals("faces with other pixels than FER2013's (fer2013.csv)", blank.origin().title());
        assertEquals("other", blank.origin().word());
        assertEquals(List.of("FER2013's numbers of images of each class and split, but not its pixels: brightness (mean grey value) 0.00 instead of"
                + " 129.47, left half less right half 0.00 instead of 0.46, upper half less lower half 0.00 instead of -1.69, contrast (standard deviation)"
                + " 0.00 instead of 65.03, sharpness (difference of pixels side by side) 0.00 instead of 13.72, sharpness (one above the other) 0.00 instead of 12.47."
                + " Figures are not comparable with the study's."), blank.origin().notes());
    }
}
