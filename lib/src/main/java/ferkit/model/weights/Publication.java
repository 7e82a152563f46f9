package ferkit.model.weights;

import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A public file of EfficientNet-B0 weights.
 *
 * @param address at its publisher
 * @param algorithm of the hash the publisher gives: MD5 or SHA-256
 * @param hash in lower-case hexadecimal
 */
record Publication(URI address, String algorithm, String hash) {
    /** What the study used: Keras, without the classifier. */
    static final Publication KERAS = new Publication(
            URI.create("https://storage.googleapis.com/keras-applications/efficientnetb0_notop.h5"),
            "MD5", "50bc09e76180e00e4465e1a485ddc09d");

    /** Published files by the first eight digits of their SHA-256, which most have in their names too (timm, EfficientNet-PyTorch). */
    private static final Map<String, String> NAMES = Map.of("3dd342df", "efficientnet_b0_ra", "52487d0c", "efficientnet_b0.ra_in1k",
            "0af12548", "tf_efficientnet_b0", "bc97e48e", "tf_efficientnet_b0.aa_in1k", "f262efe1", "tf_efficientnet_b0_ap",
            "0aa007d2", "tf_efficientnet_lite0",
            "355c32eb", "efficientnet-b0", "b64d5a18", "adv-efficientnet-b0",
            "57934424", "efficientnet-lite0");
    private static final Pattern NAME = Pattern.compile(".*efficientnet[-_](b0|lite0).*");
    /** Folders above a file whose names may be the publisher's: a download of Hugging Face lies three deep. */
    private static final int ABOVE = 3;

    /** What a file of this hash was published as. */
    static Optional<String> known(String sha256) {
        return Optional.ofNullable(NAMES.get(sha256.substring(0, 8)));
    }

    /** What a file or the folder it was downloaded to is called, in lower case, if that is the name of a network. */
    static Optional<String> called(Path file) {
        return Stream.iterate(file.toAbsolutePath(), Objects::nonNull, Path::getParent).limit(1 + ABOVE).filter(p -> p.getFileName() != null)
                .map(p -> p.getFileName().toString().toLowerCase(Locale.ROOT)).filter(name -> NAME.matcher(name).matches()).findFirst();
    }
}
