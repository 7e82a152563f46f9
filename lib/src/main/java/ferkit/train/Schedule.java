package ferkit.train;

/** The learning rate over the updates t = 1, 2, …, counted over all epochs, as a factor of the optimiser's own. */
public interface Schedule {
    /**
     * The factor of one update, 0 or more.
     *
     * @param update t, from 1
     * @param total updates of the whole run
     */
    double factor(long update, long total);

    /** In words, for example "times 0.98 every 1000 updates"; another schedule has other words. */
    String plan();

    /** Whether the factor depends on the run's length, so that a run of fewer epochs is not the beginning of a longer one. */
    default boolean dependsOnLength() {
        return true;
    }

    /** The same learning rate at every update. */
    static Schedule constant() {
        return new Staircase(1, 1);
    }

    /** factor^⌊(t − 1) / every⌋, Keras' {@code ExponentialDecay(…, every, factor, staircase=True)}; the study's is 0.98 and 1,000. */
    static Schedule staircase(double factor, int every) {
        return new Staircase(factor, every);
    }

    /**
     * Warm-up and cosine annealing to zero (Loshchilov and Hutter 2017): t / w at the w updates of the warm-up, then
     * ½ (1 + cos(π (t − 1 − w) / (total − w))), PyTorch's {@code LinearLR} followed by its {@code CosineAnnealingLR}.
     *
     * @param warmUp w, updates of the warm-up; 0 for none
     */
    static Schedule cosine(int warmUp) {
        return new Cosine(warmUp);
    }

    /**
     * The same, warmed up over a share of the updates, so that runs of every length have their part of each.
     *
     * @param share above 0 and below 1, for example 0.1; at least one update
     */
    static Schedule cosineAfterShare(double share) {
        return new SharedCosine(share);
    }

    /** What {@link #staircase} makes. */
    record Staircase(double ratio, int every) implements Schedule {
        /** @throws IllegalArgumentException if ratio or every are not positive */
        public Staircase {
            if (!(ratio > 0) || every < 1) {
                throw new IllegalArgumentException("A staircase of " + ratio + " every " + every + " updates: expected positive numbers");
            }
        }

        @Override
        public double factor(long update, long total) {
            return Math.pow(ratio, Math.floorDiv(update - 1, every));
        }

        @Override
        public String plan() {
            return ratio == 1 ? "constant" : "times " + ratio + " every " + every + " updates";
        }

        @Override
        public boolean dependsOnLength() {
            return false;
        }
    }

    /** What {@link #cosine} makes. */
    record Cosine(int warmUp) implements Schedule {
        /** @throws IllegalArgumentException if the warm-up is negative */
        public Cosine {
            if (warmUp < 0) {
                throw new IllegalArgumentException("A warm-up of " + warmUp + " updates: expected 0 or more");
            }
        }

        @Override
        public double factor(long update, long total) {
            return update <= warmUp ? (double) update / warmUp : (1 + Math.cos(Math.PI * (update - 1 - warmUp) / (total - warmUp))) / 2;
        }

        @Override
        public String plan() {
            return (warmUp == 0 ? "" : "warmed up over " + warmUp + " updates, ") + "along half a cosine to 0";
        }
    }

    /** What {@link #cosineAfterShare} makes. */
    record SharedCosine(double share) implements Schedule {
        /** @throws IllegalArgumentException if the share is out of range */
        public SharedCosine {
            if (!(share > 0 && share < 1)) {
                throw new IllegalArgumentException("A warm-up over " + share + " of the updates: expected a share above 0 and below 1");
            }
        }

        @Override
        public double factor(long update, long total) {
            return cosine((int) Math.max(1, total * share)).factor(update, total);
        }

        @Override
        public String plan() {
            return "warmed up over " + share + " of the updates, along half a cosine to 0";
        }
    }
}
