package ferkit.data.drawn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ferkit.data.FaceSet;
import ferkit.data.Split;
import org.junit.jupiter.api.Test;

class SampleTest {
    private static final FaceSet SAMPLE = Sample.draw();

    /** The same on every Java version and system; a change of the drawing changes it. */
    @Test
    void isTheSameBitForBitEverywhere() {
        assertEquals("c95fb2abf71af8dd19599952b2776b53f80cd259c0bac06fb392673b9dca2e6e", SAMPLE.hash());
        assertEquals(SAMPLE.hash(), Sample.draw().hash());
    }

    @Test
    void hasFer2013sImbalance() {
        assertArrayEquals(new int[] {89, 10, 91, 161, 107, 71, 111}, SAMPLE.training().counts());
        assertEquals(250, SAMPLE.validation().size());
        assertEquals(250, SAMPLE.test().size());
        for (Split split : Split.values()) {
            for (int count : SAMPLE.split(split).counts()) {
                assertTrue(count > 0);
            }
        }
    }

    @Test
    void sharesAddUpAndGoByLargestRemainder() {
        assertArrayEquals(new int[] {1, 3, 6}, Sample.shares(new int[] {15, 30, 61}, 10));
        assertArrayEquals(new int[] {2, 1}, Sample.shares(new int[] {5, 5}, 3));
    }

    @Test
    void isMarkedAsDrawn() {
        assertTrue(SAMPLE.origin().isSample());
        assertEquals("drawn sample", SAMPLE.origin().title());
    }
}
