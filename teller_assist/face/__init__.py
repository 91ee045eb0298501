"""Finding a face, putting it in the model's frame, measuring its features and its quality. ONNX on the CPU, one thread."""
