package ferkit.export;

import ferkit.data.Format;
import ferkit.eval.Evaluation;
import ferkit.eval.Figures;
import ferkit.study.Trained;
import ferkit.train.Predictions;
import ferkit.train.Run;
import ferkit.train.RunConfig;
import ferkit.train.Views;
import ferkit.transfer.TransferModel;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What whoever is given an ONNX file should know of it (after Mitchell and others 2019, "Model Cards for Model Reporting"), in Markdown. */
final class ModelCard {
    /** How each begins. */
    static final String TITLE = "# Model card: ";

    private ModelCard() {}

    static String text(OnnxFile file) {
        RunConfig config = file.config();
        Format format = config.format();
        boolean drawn = config.data().equals("drawn sample");
        List<Run> runs = file.members().stream().map(Trained::run).toList();
        List<Trained> members = file.members().stream().distinct().toList();
        return TITLE + file.name() + "\n\n`" + file.name() + ".onnx` gives a picture of one face a probability for each of "
                + config.classes().count() + " names of expressions. "
                + (members.size() > 1 ? "It is the mean of what " + members.size() + " networks say" + (members.size() == runs.size() ? ". "
                        : ", each counted as often as it was named: " + file.metadata().get("runs") + ". ") : "")
                + "Any program that computes ONNX runs it (operators of version " + OnnxGraph.OPSET + ").\n\n"
                + "## Use\n\nInput `" + OnnxGraph.INPUT + "`: float32 of shape (N, " + format.channels() + ", " + format.height() + ", "
                + format.width()
                + "), N as you like, " + (format.colour() ? "red, green and blue" : "grey")
                + " from 0 to 255, not scaled. The face is cut out closely: "
                + "the box of OpenCV's face detector, brought to this size by averaging over areas. Output `" + OnnxGraph.OUTPUT + "`: (N, "
                + config.classes().count() + "), each row summing to 1, in the order of the metadata's `classes`.\n\n"
                + String.format(Locale.ROOT, """
                        ```python
                        import json, numpy, onnxruntime
                        session = onnxruntime.InferenceSession("%s.onnx")
                        faces = numpy.zeros((1, %d, %d, %d), numpy.float32)
                        probabilities = session.run(None, {"%s": faces})[0]
                        print(json.loads(session.get_modelmeta().custom_metadata_map["classes"]), probabilities)
                        ```
                        """, file.name(), format.channels(), format.height(), format.width(), OnnxGraph.INPUT)
                + "\n## Data and training\n\n" + members.stream().map(ModelCard::member).collect(Collectors.joining("\n")) + "\n"
                + figures("validation images, by which each network's best epoch was chosen"
                        + (members.size() == 1 ? "" : ", and in notebook 11 members and weights too"), runs.stream().map(Run::validation).toList())
                + figures("test images, which nothing was chosen by", runs.stream().map(Run::test).toList())
                + "\n## Known limits\n\n" + (drawn
                        ? "It has learnt from drawings that a program made, to show that everything works. Of photographs of people it knows nothing.\n"
                        : "It has learnt from small crops of faces, most of them seen from the front, from one collection. Other light, other cameras, "
                                + "turned or covered faces, and people whom the collection has few of may well be named worse than the figures above say; "
                                + "that was not measured, for any group of people.\n")
                + (config.data().startsWith("FER2013")
                        ? "FER2013's labels are doubtful themselves: of its test images on which ten voters (FER+) have a clear majority, its own label "
                                + "is the majority's for about two in three. Every accuracy above is measured against such labels.\n"
                        : "")
                + "\nA face's probabilities always sum to 1: a picture without a face gets a name too, and a high probability is no sign of being right.\n"
                + "\n## What it is not for\n\nAn expression is not a feeling: people smile without joy and are sad with a still face. What comes out here is which "
                + "name the people who labelled such pictures would most likely have given to this one, no more. It is for learning how such networks work. "
                + "Do not use it to judge people: not at work, at school, at a border, in a shop, in treatment or in court.\n";
    }

    private static String member(Trained member) {
        RunConfig config = member.run().config();
        return "- **" + member.run().folder().getFileName() + "**: trained on " + config.data() + " (hash `" + config.dataHash() + "`), "
                + (config.limit() == 0 ? "all" : Figures.count(config.limit())) + " training images, " + config.epochs() + " epochs in batches of "
                + config.batch() + ", seed " + config.seed() + ", start weights: " + config.startWeights() + "; kept is epoch "
                + member.run().best().epoch() + ". Network: " + member.recipe().architecture().words() + ". It is fed " + config.parts().get("input")
                + "."
                + (TransferModel.isPlan(config.plan())
                        ? " The figures below were computed from its trunk's outputs as they were stored for training, in half "
                                + "precision; the file computes them in single precision, which changes a probability by up to 0.001."
                        : "")
                + (config.parts().get("views").equals(Views.ONE.plan()) ? ""
                        : " The file and the figures below are of the image alone; the kit's tables also have the mean over several views of it.");
    }

    private static String figures(String images, List<Predictions> said) {
        if (said.stream().anyMatch(predictions -> predictions.size() == 0 || !predictions.labelled()
                || !predictions.isOfSameImages(said.get(0)))) {
            return "";
        }
        Evaluation evaluation = Evaluation.of(Predictions.mean(said));
        return "\n## Figures on the " + images + "\n\nAccuracy " + Figures.fixed(evaluation.accuracy(), 4) + ", 95 % interval "
                + evaluation.interval().text() + ", " + Figures.count(evaluation.size()) + " images.\n\n```\n" + evaluation.report().stripTrailing()
                + "\n```\n";
    }
}
