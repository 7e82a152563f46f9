/** Finished runs as ONNX files that other programs compute, each with a model card. */
package ferkit.export;
