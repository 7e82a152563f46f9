package ferkit.study;

import ferkit.data.Classes;
import ferkit.data.Format;
import ferkit.data.Official;
import ferkit.data.Origin;
import ferkit.model.StudyModel;
import ferkit.train.Recipe;
import ferkit.train.RunConfig;
import ferkit.transfer.TransferModel;
import java.util.Locale;
import java.util.Optional;

/** What kind of run a recipe on some data is: where it lies, how it is called and what it may be set beside follow from it. */
public enum Kind {
    /** By the study's own recipe, in its size, on FER2013: only these are set beside the study's figures. */
    STUDY("runs", ""),
    /** By a recipe of {@link Beyond}, in its size, on FER2013, that of {@link Beyond#VOTES} with FER+'s votes. */
    BEYOND("runs", ""),
    /** By a recipe of {@link Beyond#ABLATION} or {@link Beyond#CHANCE}, in its size, on FER2013: asked about the validation images only. */
    ABLATION("runs/ablation", ""),
    /** Of fewer images, or other epochs or another batch, than its recipe says. */
    TRIAL("trials", " (trial)"),
    /** On the drawn faces. */
    SAMPLE("sample/runs", " (sample)"),
    /** By another recipe than the study's or on other data than FER2013, in the size that its recipe says. */
    OWN("trials", "");

    private final String folder;
    private final String mark;

    Kind(String folder, String mark) {
        this.folder = folder;
        this.mark = mark;
    }

    /**
     * The kind of a run.
     *
     * @param origin of its data
     * @param run how it is made
     */
    public static Kind of(Origin origin, RunConfig run) {
        if (origin.isSample()) {
            return SAMPLE;
        }
        boolean fer2013 = origin.isComparable() && run.classes().equals(Classes.FER2013) && run.format().equals(Format.FER2013);
        Optional<Recipe> studys = studys(run).filter(recipe -> fer2013 && run.differsInProcedure(recipe).isEmpty());
        boolean votes = run.model().equals(Beyond.VOTES.recipe().name());
        Optional<Recipe> beyond = Beyond.find(run.model()).map(Beyond::recipe)
                .filter(recipe -> (votes ? run.dataHash().equals(Official.VOTES_HASH) : fer2013) && run.differsFrom(recipe).isEmpty());
        Optional<Recipe> known = studys.or(() -> beyond);
        if (known.isEmpty()) {
            return run.whole() ? OWN : TRIAL;
        }
        boolean whole = run.limit() == 0 && run.epochs() == known.get().fullEpochs()
                && run.batch() == known.get().batch().orElse(RunConfig.STUDY_BATCH);
        return !whole ? TRIAL : studys.isPresent() ? STUDY : Beyond.isCompared(run.model()) ? ABLATION : BEYOND;
    }

    /** How the study trained a run's network, and this kit its relatives on a frozen trunk; empty for networks that are not the study's. */
    private static Optional<Recipe> studys(RunConfig run) {
        return TransferModel.isPlan(run.plan()) ? Optional.of(TransferModel.recipe(StudyModel.ALL.get(0), TransferModel.isTuned(run.plan())))
                : StudyModel.ALL.stream().filter(row -> row.name().equals(run.model()) && row.plan().equals(run.plan())
                        && Published.find(row.name()).isPresent()).map(Recipe::of).findFirst();
    }

    /** In one word, as {@code kit.py} knows it, for example "trial". */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether its runs are of the kit's own recipes in full size, and lie under their names. */
    public boolean isKits() {
        return this == STUDY || this == BEYOND || this == ABLATION;
    }

    /** Where runs of this kind lie, below the folder {@code reports}. */
    String folder() {
        return folder;
    }

    /** How tables and legends call a run of this kind, for example "Model 6" or "EfficientNet-Lite0, 96 pixels (trial)". */
    public String title(String model) {
        return (model.startsWith("model-") ? "Model " + model.substring("model-".length())
                : Beyond.find(model).map(Beyond::title).orElseGet(() -> TransferModel.title(model))) + mark;
    }
}
