namespace Nabla.Keras.Layers;

/// <summary>What of a Keras configuration cannot be taken over. It is gathered with others and becomes one error about the file.</summary>
internal sealed class KerasException(string problem) : Exception(problem);
