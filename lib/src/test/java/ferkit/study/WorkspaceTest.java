package ferkit.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ferkit.data.Classes;
import ferkit.data.FaceSet;
import ferkit.data.Faces;
import ferkit.data.FerPlus;
import ferkit.data.Format;
import ferkit.data.Official;
import ferkit.data.Origin;
import ferkit.data.Split;
import ferkit.data.drawn.Sample;
import ferkit.model.StudyModel;
import ferkit.train.Adam;
import ferkit.train.AdamW;
import ferkit.train.Averaging;
import ferkit.train.ConsoleProgress;
import ferkit.train.History;
import ferkit.train.Input;
import ferkit.train.Loss;
import ferkit.train.Predictions;
import ferkit.train.Recipe;
import ferkit.train.Run;
import ferkit.train.RunConfig;
import ferkit.train.Schedule;
import ferkit.train.StartWeights;
import ferkit.train.Views;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspaceTest {
    private static final String HEADER = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\n";

    private static final Origin FER2013 = new Origin(Origin.Kind.FER2013, "FER2013");

    @TempDir Path root;

    private Workspace on(Path file) {
        Faces one = new Faces(new byte[Faces.PIXELS], new byte[] {3});
        Faces none = new Faces(new byte[0], new byte[0]);
        FaceSet data = new FaceSet(new Origin(Origin.Kind.OTHER_SPLIT, "test"), one, none, none);
        return new Workspace(root, Settings.from(Map.of("FERKIT_DATA", file.toString())), data, "cpu");
    }

    @Test
    void ferPlusIsFoundBesideTheDataThatWereNamed() throws IOException {
        Path file = Files.createDirectory(root.resolve("elsewhere")).resolve("fer2013.csv");
        assertEquals(Optional.empty(), on(file).ferPlus());
        Path votes = Files.writeString(file.resolveSibling("fer2013new.csv"), HEADER + "Training,,0,10,0,0,0,0,0,0,0,0\n");
        assertEquals(Optional.of(FerPlus.Vote.HAPPINESS), on(file).ferPlus().orElseThrow().majority(Split.TRAINING, 0));
        assertTrue(on(file.getParent()).ferPlus().isPresent());
        Files.writeString(votes, HEADER);
        IOException e = assertThrows(IOException.class, () -> on(file).ferPlus());
        assertTrue(e.getMessage().contains("0 rows of Training for 1 images"), e.getMessage());
    }

    @Test
    void settingsAreMadeOfTheirVariablesAgain() {
        for (Settings settings : List.of(Settings.from(Map.of()), Settings.from(Map.of()).withData("a/b").withEpochs(3).withLimit(0).withBatch(5)
                .withSeed(-7).withThreads(3).withDevice("gpu1").withFull(true))) {
            assertEquals(settings, Settings.from(settings.variables()));
        }
    }

    @Test
    void ferPlusIsFoundBesideTheFileThatIsReadInAFolderBelow() throws IOException {
        Path below = Files.createDirectories(root.resolve("data/fer2013"));
        Files.writeString(below.resolve("fer2013.csv"), "emotion,pixels,Usage\n");
        assertEquals(Optional.empty(), on(root.resolve("data")).ferPlus());
        Files.writeString(below.resolve("fer2013new.csv"), HEADER + "Training,,0,10,0,0,0,0,0,0,0,0\n");
        assertTrue(on(root.resolve("data")).ferPlus().isPresent());
    }

    @Test
    void aLimitThatCutsNothingIsNone() {
        Faces two = new Faces(new byte[2 * Faces.PIXELS], new byte[] {3, 4});
        FaceSet data = new FaceSet(FER2013, two, two, two);
        Recipe recipe = Recipe.of(StudyModel.named("6"));
        Recipe changed = Recipe.of(StudyModel.named("6").withDropout(0, 0));
        assertTrue(assertThrows(IllegalArgumentException.class,
                () -> new Workspace(root, Settings.from(Map.of()), data, "cpu").planned(changed).config())
                .getMessage().startsWith("This network is named model-6 as one of the kit's is, but has another plan: "));
        for (int[] limitAndSize : new int[][] {{0, 0}, {1, 1}, {2, 0}, {50_000, 0}}) {
            Settings settings = Settings.from(Map.of()).withLimit(limitAndSize[0]);
            assertEquals(limitAndSize[1], new Workspace(root, settings, data, "cpu").planned(recipe).config().limit());
        }
    }

    @Test
    void anEnvironmentThatCanLeaveTheEngineFewerThreadsIsRefused() {
        for (Map<String, String> harmless : List.of(Map.<String, String>of(), Map.of("OMP_NUM_THREADS", "1"), Map.of("OMP_DYNAMIC", "FALSE"),
                Map.of("OMP_THREAD_LIMIT", "2"), Map.of("OMP_THREAD_LIMIT", "4294967295"), Map.of("OMP_MAX_ACTIVE_LEVELS", "1"))) {
            Workspace.requireThreads(2, harmless);
        }
        for (Map<String, String> fewer : List.of(Map.of("OMP_DYNAMIC", "true"), Map.of("OMP_THREAD_LIMIT", "1"),
                Map.of("OMP_MAX_ACTIVE_LEVELS", "0"))) {
            Workspace.requireThreads(1, fewer);
            Map.Entry<String, String> variable = fewer.entrySet().iterator().next();
            String message = assertThrows(IllegalStateException.class, () -> Workspace.requireThreads(2, fewer)).getMessage();
            assertTrue(message.startsWith("The environment variable " + variable.getKey() + " is \"" + variable.getValue() + "\", which can leave"),
                    message);
        }
    }

    @Test
    void aCopyOfFer2013WithOtherPixelsHasFoldersOfItsOwn() {
        Faces one = new Faces(new byte[Faces.PIXELS], new byte[] {3});
        FaceSet copy = new FaceSet(new Origin(Origin.Kind.FER2013, "copy"), one, one, one);
        Settings full = Settings.from(Map.of("FERKIT_FULL", "true", "FERKIT_SEED", "2"));
        Recipe recipe = Recipe.of(StudyModel.named("6"));
        assertEquals(root.resolve("reports/runs/model-6-seed2-" + copy.hash().substring(0, 8)),
                new Workspace(root, full, copy, "cpu").planned(recipe).folder());
    }

    @Test
    void runsOfOtherSeedsAreFoundBesideARun() throws IOException {
        Faces one = new Faces(new byte[Faces.PIXELS], new byte[] {3});
        FaceSet data = new FaceSet(FER2013, one, one, one);
        Recipe recipe = Recipe.of(StudyModel.named("6"));
        Settings full = Settings.from(Map.of()).withFull(true);
        for (long seed : new long[] {11, 1, 2}) {
            finish(new Workspace(root, full.withSeed(seed), data, "cpu"), recipe);
        }
        finish(new Workspace(root, full, data, "cpu"), Recipe.of(StudyModel.named("1")));
        Path other = new Workspace(root, full.withSeed(2), data, "cpu").planned(recipe).folder().resolveSibling("model-6-other");
        RunConfig config = finish(new Workspace(root, full.withSeed(3).withBatch(64), data, "cpu"), recipe, other);
        assertEquals(64, config.batch());
        Workspace workspace = new Workspace(root, full.withSeed(2), data, "cpu");
        Run run = workspace.planned(recipe).finished().orElseThrow();
        assertEquals(List.of(1L, 11L), workspace.otherSeeds(run, Assertions::fail).stream().map(r -> r.config().seed()).toList());
        for (Settings settings : List.of(full, Settings.from(Map.of()).withSeed(5))) {
            assertEquals(List.of(1L, 2L, 11L), new Workspace(root, settings, data, "cpu").allSeeds(recipe, Assertions::fail).stream()
                    .map(r -> r.config().seed()).toList());
        }
        assertEquals(List.of(), new Workspace(root, full.withEpochs(2), data, "cpu").allSeeds(recipe, Assertions::fail),
                "only trials have two epochs");
        Files.writeString(root.resolve("reports/runs/" + "model-6-seed11-" + data.hash().substring(0, 8)).resolve("config.json"), "{}");
        List<String> leftOut = new ArrayList<>();
        assertEquals(List.of(1L), workspace.otherSeeds(run, leftOut::add).stream().map(r -> r.config().seed()).toList());
        assertEquals(1, leftOut.size());
        assertTrue(leftOut.get(0).startsWith("A run is left out: ") && leftOut.get(0).contains("model-6-seed11"), leftOut.get(0));
    }

    private static void finish(Workspace workspace, Recipe recipe) throws IOException {
        finish(workspace, recipe, workspace.planned(recipe).folder());
    }

    /** Lays out a folder as a finished run leaves it. */
    private static RunConfig finish(Workspace workspace, Recipe recipe, Path folder) throws IOException {
        RunConfig config = workspace.planned(recipe).config();
        History history = new History(IntStream.rangeClosed(1, config.epochs())
                .mapToObj(e -> new History.Epoch(e, 0.5, 1, 0.4, 1, 1e-3, 1)).toList());
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("config.json"), config.toJson());
        Files.writeString(folder.resolve("history.csv"), history.toCsv());
        Predictions predictions = new Predictions(new int[] {3}, new int[] {3}, new float[][] {{0, 0, 0, 1, 0, 0, 0}});
        predictions.write(folder.resolve("validation-predictions.csv"));
        predictions.write(folder.resolve("test-predictions.csv"));
        return config;
    }

    @Test
    void aRunOfAnotherRecipeIsNotLoaded() throws IOException {
        Workspace workspace = new Workspace(root, Settings.from(Map.of()).withEpochs(2), Sample.draw(), "cpu");
        Recipe mine = Recipe.of(StudyModel.named("6")).named("mine");
        finish(workspace, mine);
        assertEquals("mine", workspace.planned(mine).finished().orElseThrow().config().model());
        Map<String, Recipe> others = Map.of("plan", Recipe.of(StudyModel.named("5")).named("mine"),
                "learning rate", mine.withSchedule(Schedule.constant()),
                "start", mine.withStart(new StartWeights("model-6", "weights 0123456789abcdef of model-6", network -> {})),
                "input", mine.withInput(Input.grey().asStandardized()),
                "augmentation", mine.withInput(Input.grey().flipped(0.5)),
                "loss", mine.withLoss(Loss.crossEntropy(0.1)),
                "optimizer", mine.withOptimizer(AdamW.of(1e-3, 0.01)),
                "averaging", mine.withAveraging(Averaging.of(0.999)),
                "views", mine.withViews(Views.FLIPPED));
        others.forEach((field, other) -> {
            String message = assertThrows(IllegalStateException.class, () -> workspace.planned(other).finished()).getMessage();
            assertTrue(message.contains(" was made with " + field + " "), field + ": " + message);
            Recipe unnamed = other.named("model-6");
            assertTrue(assertThrows(IllegalArgumentException.class, () -> workspace.planned(unnamed).config()).getMessage()
                    .startsWith("This network is named model-6 as one of the kit's is, but has another " + field + ": "), field);
        });
        assertEquals(Optional.empty(), workspace.planned(mine.withEpochs(3)).finished());
        assertEquals(Optional.empty(), workspace.planned(mine.withBatch(3)).finished());
        assertEquals(List.of(3, 7),
                List.of(workspace.planned(mine.withEpochs(3)).config().epochs(), workspace.planned(mine.withBatch(7)).config().batch()));
    }

    @Test
    void aRunOfFullSizeWithAnythingChangedIsNotTheStudys() {
        Faces one = new Faces(new byte[Faces.PIXELS], new byte[] {3});
        FaceSet data = new FaceSet(FER2013, one, one, one);
        Settings full = Settings.from(Map.of()).withFull(true);
        Recipe study = Recipe.of(StudyModel.named("6"));
        for (Settings same : List.of(full, full.withSeed(2), full.withThreads(1))) {
            Workspace workspace = new Workspace(root, same, data, "cpu");
            assertEquals(Kind.STUDY, workspace.planned(study).kind());
        }
        Recipe mine = study.named("mine");
        Workspace workspace = new Workspace(root, full, data, "cpu");
        for (Recipe changed : List.of(mine.withOptimizer(Adam.of(1e-2)), mine.withSchedule(Schedule.constant()),
                mine.withSchedule(Schedule.staircase(0.9, 1000)),
                mine.withSchedule(Schedule.cosine(0)), mine.withOptimizer(AdamW.of(1e-3, 0.01)), mine.withLoss(Loss.crossEntropy(0.1)),
                mine.withInput(Input.grey().flipped(0.5)), mine.withAveraging(Averaging.of(0.999)), mine.withViews(Views.FLIPPED),
                mine.withStart(new StartWeights("", "weights 0123456789abcdef of model-6", network -> {})),
                mine.withEpochs(10).withSchedule(Schedule.constant()), mine.withBatch(64))) {
            PlannedRun planned = workspace.planned(changed);
            assertEquals(Kind.OWN, planned.kind(), planned.config()::toJson);
            assertEquals("mine", planned.title());
            assertTrue(planned.folder().startsWith(root.resolve("reports/trials")), planned.config()::toJson);
        }
    }

    @Test
    void whatGoesBeyondTheStudyLiesBesideItInItsOwnSizeOnly() {
        Settings full = Settings.from(Map.of()).withFull(true);
        for (Beyond row : Beyond.ALL) {
            Recipe recipe = Beyond.named(row.recipe().name());
            PlannedRun planned = on(Origin.Kind.FER2013, full).planned(recipe);
            assertEquals(Kind.BEYOND, planned.kind());
            assertEquals(row.title(), planned.title());
            assertTrue(planned.folder().getParent().equals(root.resolve("reports/runs")), planned.shortFolder());
            assertTrue(planned.folder().getFileName().toString().startsWith(recipe.name() + "-"), "with the hash of other data");
            assertTrue(
                    on(Origin.Kind.FER2013, full.withSeed(2)).planned(recipe).folder().getFileName().toString().startsWith(recipe.name() + "-seed2"));
            assertEquals(Kind.TRIAL, on(Origin.Kind.FER2013, full.withLimit(1)).planned(recipe).kind());
            assertEquals(Kind.TRIAL, on(Origin.Kind.FER2013, full.withEpochs(1)).planned(recipe).kind());
            assertEquals(Kind.OWN, on(Origin.Kind.OTHER_SPLIT, full).planned(recipe).kind());
            assertEquals(Kind.SAMPLE, on(Origin.Kind.SAMPLE, full).planned(recipe).kind());
            assertEquals(Kind.OWN, on(Origin.Kind.FER2013, full).planned(recipe.named("mine")).kind());
            String said = assertThrows(IllegalArgumentException.class,
                    () -> on(Origin.Kind.FER2013, full).planned(recipe.withLoss(Loss.crossEntropy(0.3)))).getMessage();
            assertTrue(said.startsWith("This network is named " + recipe.name() + " as one of the kit's is, but has another loss: "), said);
        }
        assertEquals("Recipe 'spint' is not known: expected one of " + Beyond.names(),
                assertThrows(IllegalArgumentException.class, () -> Beyond.named("spint")).getMessage());
    }

    @Test
    void theSprintWithoutAnIngredientDiffersInOnePartAndIsAskedAboutValidationImagesOnly() throws Exception {
        Recipe sprint = Beyond.named("sprint");
        assertTrue(Beyond.ABLATION.size() >= 8);
        assertEquals(Beyond.ABLATION.size(), Beyond.ABLATION.stream().map(row -> row.recipe().name()).distinct().count());
        for (Beyond row : Beyond.ABLATION) {
            Recipe recipe = row.recipe();
            long differing = Stream
                    .concat(sprint.parts(Format.FER2013).entrySet().stream(), Stream.of(Map.entry("plan", sprint.architecture().plan()),
                            Map.entry("rate", sprint.learningRate(1))))
                    .filter(part -> !part.getValue().equals(switch (part.getKey()) {
                        case "plan" -> recipe.architecture().plan();
                        case "rate" -> recipe.learningRate(1);
                        default -> recipe.parts(Format.FER2013).get(part.getKey());
                    })).count();
            assertEquals(row.ingredient().startsWith("Muon and half the rate") ? 2 : 1, differing, row.title());
            PlannedRun planned = on(Origin.Kind.FER2013, Settings.from(Map.of()).withFull(true)).planned(recipe);
            assertEquals(Kind.ABLATION, planned.kind());
            assertEquals("Sprint without " + row.ingredient(), planned.title());
            assertEquals(root.resolve("reports/runs/ablation"), planned.folder().getParent());
            PlannedRun trial = on(Origin.Kind.FER2013, Settings.from(Map.of()).withEpochs(1)).planned(recipe);
            assertEquals(List.of(Kind.TRIAL, false), List.of(trial.kind(), trial.asksTest()));
        }
        PlannedRun planned = on(Origin.Kind.FER2013, Settings.from(Map.of()).withFull(true).withThreads(1))
                .planned(Beyond.find("sprint-without-flips").orElseThrow().recipe());
        Run run = planned.train(new ConsoleProgress("sprint", 1, new PrintStream(OutputStream.nullOutputStream())));
        assertEquals(2, run.withViews().validation().size());
        assertEquals(0, run.test().size() + run.withViews().test().size());
        Files.delete(planned.folder().resolve("weights.safetensors"));
        assertEquals(run.validation().correct(), planned.finished().orElseThrow().validation().correct());
    }

    @Test
    void theStudysQuestionsInSmallDifferInTheNetworkAlone() {
        assertEquals(List.of("small-model-2", "small-model-1", "small-model-3", "small-model-4", "small-model-5", "small-model-6"),
                Beyond.CHANCE.stream().map(row -> row.recipe().name()).toList());
        StudyModel small = (StudyModel) Beyond.CHANCE.get(0).recipe().architecture();
        assertEquals(StudyModel.named("2").withName("small-model-2").withFilters(16, 32, 64).withDense(128), small);
        for (Beyond row : Beyond.CHANCE) {
            PlannedRun planned = on(Origin.Kind.FER2013, Settings.from(Map.of()).withFull(true)).planned(row.recipe());
            assertEquals(Kind.ABLATION, planned.kind());
            assertEquals("Small Model " + row.question().name().substring(6), planned.title());
            assertEquals(Beyond.CHANCE.get(0).recipe().parts(Format.FER2013), row.recipe().parts(Format.FER2013));
            assertEquals(row.question().pools(), ((StudyModel) row.recipe().architecture()).pools());
        }
    }

    @Test
    void aRunOnVotesIsOneBeyondTheStudyOnTheOriginalAlone() throws Exception {
        Workspace none = on(Origin.Kind.FER2013, Settings.from(Map.of("FERKIT_DATA", root.toString())).withFull(true));
        Files.writeString(root.resolve("fer2013.csv"), "");
        assertEquals("FER+ is not beside these data, and sprint-ferplus learns from its votes: put fer2013new.csv beside them",
                assertThrows(IllegalStateException.class, () -> none.planned(Beyond.VOTES.recipe())).getMessage());
        PlannedRun planned = new Workspace(root, Settings.from(Map.of()).withData("sample"), Sample.draw(), "cpu").planned(Beyond.VOTES.recipe());
        assertEquals(Kind.SAMPLE, planned.kind());
        assertEquals(Classes.WITH_CONTEMPT, planned.config().classes());
        assertEquals("Sprint on votes (sample)", planned.title());
        RunConfig noted = planned.config();
        RunConfig full = new RunConfig(noted.model(), noted.plan(), "random", Beyond.VOTES.recipe().learningRate(10), noted.parts(),
                "FER2013 with FER+'s votes",
                Official.VOTES_HASH, noted.classes(), noted.format(), 1, 10, 128, 0, true, 1, "cpu", Map.of(), 0);
        assertEquals(Kind.BEYOND, Kind.of(new Origin(Origin.Kind.OTHER_SPLIT, "votes"), full));
        assertEquals(Kind.BEYOND, Kind.of(new Origin(Origin.Kind.FER2013, "FER2013"), full));
        assertEquals(Kind.TRIAL, Kind.of(new Origin(Origin.Kind.OTHER_SPLIT, "votes"),
                new RunConfig(noted.model(), noted.plan(), "random", Beyond.VOTES.recipe().learningRate(9), noted.parts(), "data",
                        Official.VOTES_HASH, noted.classes(),
                        noted.format(), 1, 9, 128, 0, false, 1, "cpu", Map.of(), 0)));
    }

    private Workspace on(Origin.Kind kind, Settings settings) {
        Faces two = new Faces(new byte[2 * Faces.PIXELS], new byte[] {3, 4});
        return new Workspace(root, settings, new FaceSet(new Origin(kind, "data"), two, two, two), "cpu");
    }

    @Test
    void onACopyInTheSameOrderTheKitsFinishedRunsAreFound() throws Exception {
        Recipe six = Recipe.of(StudyModel.named("6"));
        Workspace copy = on(Origin.Kind.SAME_ORDER, Settings.from(Map.of()).withFull(true));
        Path own = root.resolve("reports/runs/model-6-" + copy.data().hash().substring(0, 8));
        Path kits = Files.createDirectories(root.resolve("reports/runs/model-6"));
        assertEquals(List.of(Kind.STUDY, own), List.of(copy.planned(six).kind(), copy.planned(six).folder()));
        Files.writeString(kits.resolve("config.json"), "{}");
        assertEquals(List.of(Kind.STUDY, kits, Official.HASH),
                List.of(copy.planned(six).kind(), copy.planned(six).folder(), copy.planned(six).config().dataHash()));
        assertEquals(kits, on(Origin.Kind.SAME_ORDER, Settings.from(Map.of())).planned(six).folder(),
                "it is no trial's turn where a run is finished");
        assertEquals(own, on(Origin.Kind.FER2013, Settings.from(Map.of()).withFull(true)).planned(six).folder(), "JPEG copies are another matter");
        assertEquals(Kind.TRIAL, copy.with(copy.settings().withEpochs(2)).planned(six).kind());
        Files.writeString(Files.createDirectories(own).resolve("config.json"), "{}");
        assertEquals(own, copy.planned(six).folder(), "one's own comes first");
    }

    @Test
    void onSuchACopyRunsOfBothAreSeedsOfOneNetwork() throws Exception {
        Recipe six = Recipe.of(StudyModel.named("6"));
        Settings full = Settings.from(Map.of()).withFull(true);
        Workspace copy = on(Origin.Kind.SAME_ORDER, full);
        for (long seed : new long[] {1, 2}) {
            Path kits = root.resolve("reports/runs/model-6" + (seed == 1 ? "" : "-seed" + seed));
            finish(copy.with(full.withSeed(seed)), six, kits);
            Path config = kits.resolve("config.json");
            Files.writeString(config, Files.readString(config).replace(copy.data().hash(), Official.HASH));
        }
        Run kits = copy.planned(six).finished().orElseThrow();
        PlannedRun mine = copy.onThisData(copy.planned(six));
        assertEquals(List.of(Official.HASH, copy.data().hash()), List.of(kits.config().dataHash(), mine.config().dataHash()));
        mine.forget();
        assertTrue(Run.isFinished(kits.folder()), "training anew on one's own copy leaves the kit's run alone");
        for (long seed : new long[] {2, 3}) {
            Workspace seeded = copy.with(full.withSeed(seed));
            Path own = seeded.onThisData(seeded.planned(six)).folder();
            finish(seeded, six, own);
            Path config = own.resolve("config.json");
            Files.writeString(config, Files.readString(config).replace(Official.HASH, copy.data().hash()));
        }
        List<Run> seeds = copy.allSeeds(six, Assertions::fail);
        assertEquals(List.of(1L, 2L, 3L), seeds.stream().map(run -> run.config().seed()).toList());
        assertEquals(List.of(Official.HASH, copy.data().hash(), copy.data().hash()), seeds.stream().map(run -> run.config().dataHash()).toList());
        assertThrows(IllegalStateException.class,
                () -> copy.planned(six).train(new ConsoleProgress("six", 1, new PrintStream(OutputStream.nullOutputStream()))));
    }

    @Test
    void aTrialIsSmallerThanItsRecipeSays() {
        Settings none = Settings.from(Map.of());
        Settings full = none.withFull(true);
        Recipe six = Recipe.of(StudyModel.named("6"));
        Recipe mine = Recipe.of(StudyModel.named("6").withDropout(0, 0)).named("mine");
        assertEquals(Kind.TRIAL, on(Origin.Kind.FER2013, none).planned(six).kind());
        assertEquals(Kind.TRIAL, on(Origin.Kind.FER2013, none).planned(mine).kind());
        assertEquals("mine (trial)", on(Origin.Kind.FER2013, none).planned(mine).title());
        for (Settings smaller : List.of(full.withEpochs(3), full.withLimit(1), full.withBatch(64))) {
            assertEquals(Kind.TRIAL, on(Origin.Kind.FER2013, smaller).planned(six).kind());
            assertEquals(Kind.TRIAL, on(Origin.Kind.FER2013, smaller).planned(mine).kind());
            assertEquals(Kind.TRIAL, on(Origin.Kind.OTHER_SPLIT, smaller).planned(six).kind());
        }
        assertEquals(Kind.STUDY, on(Origin.Kind.FER2013, none.withEpochs(50)).planned(six).kind());
        for (Recipe own : List.of(mine, mine.withEpochs(3), mine.withBatch(64), mine.withFullEpochs(10),
                mine.withFullEpochs(10).withSchedule(Schedule.constant()))) {
            assertEquals(Kind.OWN, on(Origin.Kind.FER2013, full).planned(own).kind());
        }
        for (Origin.Kind other : List.of(Origin.Kind.OTHER_PIXELS, Origin.Kind.OTHER_SPLIT)) {
            assertEquals(Kind.OWN, on(other, full).planned(six).kind());
        }
        assertEquals(Kind.SAMPLE, on(Origin.Kind.SAMPLE, full.withEpochs(50)).planned(six).kind());
    }

    @Test
    void aTrialsLimitThatTakesAllImagesIsNone() {
        Settings none = Settings.from(Map.of());
        Recipe own = Recipe.of(StudyModel.named("6")).withEpochs(3).withBatch(64).named("mine");
        for (Origin.Kind kind : List.of(Origin.Kind.FER2013, Origin.Kind.OTHER_SPLIT)) {
            PlannedRun planned = on(kind, none).planned(own);
            assertEquals(0, planned.config().limit());
            assertEquals(Kind.OWN, planned.kind());
        }
    }

    @Test
    void aLoadedRunIsOfTheKindThatWasPlanned() throws IOException {
        Recipe mine = Recipe.of(StudyModel.named("6").withDropout(0, 0)).named("mine").withEpochs(3);
        Workspace workspace = on(Origin.Kind.FER2013, Settings.from(Map.of()).withFull(true));
        finish(workspace, mine);
        assertEquals(Kind.OWN, Kind.of(FER2013, workspace.planned(mine).finished().orElseThrow().config()));
    }

    @Test
    void onlyPagesOfTheStudysRunsLieInReports() {
        List<String> given = List.of("", "EPOCHS=50,BATCH=128,SEED=1", "LIMIT=0", "EPOCHS=1", "LIMIT=1", "BATCH=64", "SEED=2");
        List<String> pages = List.of("reports", "reports", "reports", "reports/trials", "reports/trials", "reports/trials", "reports/seed-2");
        for (int i = 0; i < given.size(); i++) {
            Map<String, String> variables = Stream.of(given.get(i).split(",")).filter(text -> !text.isEmpty()).map(text -> text.split("="))
                    .collect(Collectors.toMap(pair -> "FERKIT_" + pair[0], pair -> pair[1]));
            Settings settings = Settings.from(variables);
            assertEquals(root.resolve(pages.get(i)), on(Origin.Kind.FER2013, settings).pages(), given.get(i));
            assertEquals(root.resolve("reports/sample"), on(Origin.Kind.SAMPLE, settings).pages(), given.get(i));
            Workspace other = on(Origin.Kind.OTHER_SPLIT, settings);
            assertEquals(root.resolve("reports/trials/data-" + other.data().hash().substring(0, 8)), other.pages(), given.get(i));
        }
    }

    @Test
    void committedRunsAreByRecipesOfTheKit() throws IOException {
        try (Stream<Path> folders = Files.list(Path.of("reports/runs"))) {
            for (Path folder : folders.filter(Run::isFinished).toList()) {
                RunConfig config = Run.load(folder).config();
                Optional<Beyond> beyond = Beyond.find(config.model());
                assertEquals(folder.endsWith("model-1-seed2-20-epochs") ? Kind.TRIAL : beyond.isPresent() ? Kind.BEYOND : Kind.STUDY,
                        Kind.of(FER2013, config), folder::toString);
                beyond.ifPresent(row -> assertEquals("", config.differsFrom(row.recipe()), folder::toString));
                for (Origin.Kind other : List.of(Origin.Kind.OTHER_PIXELS, Origin.Kind.OTHER_SPLIT, Origin.Kind.SAMPLE)) {
                    assertNotEquals(Kind.STUDY, Kind.of(new Origin(other, "other"), config), folder::toString);
                }
                if (config.model().startsWith("model-")) {
                    Recipe recipe = Recipe.of(StudyModel.named(config.model()));
                    assertEquals(config.plan(), recipe.architecture().plan());
                    assertEquals(config.parts(), recipe.parts(Format.FER2013));
                    assertTrue(List.of("", recipe.learningRate(config.epochs())).contains(config.learningRate()));
                }
            }
        }
    }

    @Test
    void theSampleCanBeAskedFor() throws IOException {
        assertEquals("The setting threads is 257: expected at most 256, best one for each core",
                assertThrows(IllegalArgumentException.class, () -> Settings.from(Map.of("FERKIT_THREADS", "257"))).getMessage());
        assertEquals("The setting data is empty: expected a file or folder, or \"sample\" for the drawn sample",
                assertThrows(IllegalArgumentException.class, () -> Settings.from(Map.of()).withData("")).getMessage());
        assertTrue(Workspace.open(Settings.from(Map.of("FERKIT_DATA", "sample")), text -> {}).data().origin().isSample());
        IOException e = assertThrows(IOException.class,
                () -> Workspace.open(Settings.from(Map.of("FERKIT_DATA", "./sample")), text -> {}));
        assertTrue(e.getMessage().contains("no such file or folder"), e.getMessage());
    }

    @Test
    void theSampleHasNoFerPlus() throws IOException {
        assertEquals(Optional.empty(), new Workspace(root, Settings.from(Map.of()), Sample.draw(), "cpu").ferPlus());
    }
}
