namespace Nabla.Layers;

/// <summary>What a recurrent layer remembers between two steps.</summary>
/// <param name="Hidden">The states <c>[batch, units]</c>.</param>
/// <param name="Cell">The cells <c>[batch, units]</c> of a long short-term memory; null for other layers.</param>
public sealed record RecurrentState(Tensor Hidden, Tensor? Cell = null);

/// <summary>What a recurrent layer computes from sequences.</summary>
/// <param name="Sequence">The states after each step, <c>[batch, time, units]</c>.</param>
/// <param name="State">The state after the last step, from which a later call can go on.</param>
public sealed record RecurrentOutput(Tensor Sequence, RecurrentState State);
