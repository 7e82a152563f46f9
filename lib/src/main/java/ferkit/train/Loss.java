package ferkit.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;

/** What training makes small. One of one's own multiplies or divides as {@link ferkit.model.Architecture#of} says. */
public interface Loss {
    /**
     * The mean over a batch, one number.
     *
     * @param logits (batch, classes)
     * @param labels (batch) as int64, or (batch, classes) as float32, each row a distribution over the classes
     */
    NDArray of(NDArray logits, NDArray labels);

    /** In words; another loss has other words. */
    String plan();

    /** Cross-entropy in nats, the study's loss. */
    static Loss crossEntropy() {
        return new CrossEntropy(0);
    }

    /**
     * Cross-entropy with label smoothing (Szegedy et al. 2016): each label is 1 − smoothing of itself and smoothing of all classes alike,
     * as PyTorch's {@code cross_entropy(…, label_smoothing=…)}.
     *
     * @param smoothing from 0 to less than 1, for example 0.1
     */
    static Loss crossEntropy(double smoothing) {
        return new CrossEntropy(smoothing);
    }

    /** What {@link #crossEntropy} makes. */
    record CrossEntropy(double smoothing) implements Loss {
        private static final ai.djl.training.loss.Loss SPARSE = ai.djl.training.loss.Loss.softmaxCrossEntropyLoss();

        /** @throws IllegalArgumentException if the smoothing is out of range */
        public CrossEntropy {
            if (!(smoothing >= 0 && smoothing < 1)) {
                throw new IllegalArgumentException("Label smoothing of " + smoothing + ": expected a share from 0 to less than 1");
            }
        }

        @Override
        public NDArray of(NDArray logits, NDArray labels) {
            boolean soft = labels.getShape().dimension() == 2;
            if (!soft && smoothing == 0) {
                return SPARSE.evaluate(new NDList(labels), new NDList(logits));
            }
            long classes = logits.getShape().get(1);
            NDArray shares = (soft ? labels : labels.oneHot((int) classes)).mul(1 - smoothing).add(smoothing / classes);
            return shares.mul(logits.logSoftmax(-1)).sum(new int[] {-1}).neg().mean();
        }

        @Override
        public String plan() {
            return "cross-entropy" + (smoothing == 0 ? "" : ", label smoothing " + smoothing);
        }
    }
}
