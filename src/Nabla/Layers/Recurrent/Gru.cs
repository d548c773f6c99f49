using Nabla.Ops.Recurrent;

namespace Nabla.Layers;

/// <summary>
/// The gated recurrent unit (Cho et al., Learning Phrase Representations, 2014), its reset gate behind the recurrent product as in PyTorch and in
/// Keras by default. The columns of its kernels and biases are those of the reset gate, the update gate and the candidate, as in PyTorch; it also
/// has a <c>recurrentBias</c>.
/// </summary>
/// <param name="units">The numbers of a state.</param>
public sealed class Gru(int units) : RecurrentLayer(units, RecurrentCell.Gru, ActivationKind.Tanh);
