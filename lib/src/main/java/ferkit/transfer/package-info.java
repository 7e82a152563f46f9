/** Frozen trunks of pretrained networks, their stored features, and what is trained on top of them. */
package ferkit.transfer;
