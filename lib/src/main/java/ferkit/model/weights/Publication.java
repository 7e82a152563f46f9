package ferkit.model.weights;

import ferkit.model.EfficientNet.Variant;
import java.net.URI;
import java.util.Arrays;
import java.util.Optional;

/** Public weights of EfficientNet-B0 with their publisher's address and hash. */
public enum Publication {
    /** What the study used: Keras, without the classifier. */
    KERAS(Variant.KERAS, "https://storage.googleapis.com/keras-applications/efficientnetb0_notop.h5",
            "MD5", "50bc09e76180e00e4465e1a485ddc09d"),
    TORCHVISION(Variant.TORCHVISION, "https://download.pytorch.org/models/efficientnet_b0_rwightman-7f5810bc.pth",
            "SHA-256", "7f5810bc96def8f7552d5b7e68d53c4786f81167d28291b21c0d90e1fca14934"),
    TIMM_TF(Variant.TIMM_TF, "https://huggingface.co/timm/tf_efficientnet_b0.aa_in1k/resolve/main/model.safetensors",
            "SHA-256", "bc97e48e1360ee9d9c9d8a39ad2fb9b85ad150eb89d6fc69cd0f08301b5e0b3e");

    private final Variant variant;
    private final URI address;
    private final String algorithm;
    private final String hash;

    Publication(Variant variant, String address, String algorithm, String hash) {
        this.variant = variant;
        this.address = URI.create(address);
        this.algorithm = algorithm;
        this.hash = hash;
    }

    /** The publication a file of this SHA-256 is, if one of these. */
    static Optional<Publication> ofHash(String sha256) {
        return Arrays.stream(values()).filter(p -> p.hash.equals(sha256)).findFirst();
    }

    public Variant variant() {
        return variant;
    }

    public URI address() {
        return address;
    }

    /** Name of the hash the publisher gives: MD5 or SHA-256. */
    public String algorithm() {
        return algorithm;
    }

    /** The published hash in lower-case hexadecimal. */
    public String hash() {
        return hash;
    }
}
