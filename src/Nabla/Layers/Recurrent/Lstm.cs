using Nabla.Ops.Recurrent;

namespace Nabla.Layers;

/// <summary>
/// Long short-term memory (Hochreiter and Schmidhuber, 1997; Gers et al., Learning to Forget, 2000). The columns of its kernels and its bias are
/// those of the input gate, the forget gate, the candidate and the output gate, as in PyTorch and Keras.
/// </summary>
/// <param name="units">The numbers of a state.</param>
/// <example><code>Sequential model = new([100], seed: 1, new Embedding(10_000, 128), new Lstm(128), new Dense(1));</code></example>
public sealed class Lstm(int units) : RecurrentLayer(units, RecurrentCell.Lstm, ActivationKind.Tanh);
