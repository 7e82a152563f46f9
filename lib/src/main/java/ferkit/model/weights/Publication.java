package ferkit.model.weights;

import ferkit.model.EfficientNet.Variant;
import java.net.URI;
import java.util.Optional;

/**
 * A public file of EfficientNet-B0 weights.
 *
 * @param variant they are for
 * @param address at its publisher
 * @param algorithm of the hash the publisher gives: MD5 or SHA-256
 * @param hash in lower-case hexadecimal
 */
record Publication(Variant variant, URI address, String algorithm, String hash) {
    /** What the study used: Keras, without the classifier. */
    static final Publication KERAS = new Publication(Variant.KERAS,
            URI.create("https://storage.googleapis.com/keras-applications/efficientnetb0_notop.h5"),
            "MD5", "50bc09e76180e00e4465e1a485ddc09d");

    private static final Publication TIMM_TF = new Publication(Variant.TIMM_TF,
            URI.create("https://huggingface.co/timm/tf_efficientnet_b0.aa_in1k/resolve/main/model.safetensors"),
            "SHA-256", "bc97e48e1360ee9d9c9d8a39ad2fb9b85ad150eb89d6fc69cd0f08301b5e0b3e");

    /** The variant of a timm file, which does not say it itself. */
    static Optional<Variant> timmVariant(String sha256) {
        return TIMM_TF.hash.equals(sha256) ? Optional.of(TIMM_TF.variant) : Optional.empty();
    }
}
