namespace Nabla.Layers;

/// <summary>What a recurrent layer remembers between two steps.</summary>
/// <param name="Hidden">The states <c>[batch, units]</c>.</param>
/// <param name="Cell">The cells <c>[batch, units]</c> of a long short-term memory; null for other layers.</param>
public sealed record RecurrentState(Tensor Hidden, Tensor? Cell = null);

/// <summary>What a recurrent layer computes from sequences.</summary>
/// <param name="Sequence">The states after each step, <c>[batch, time, units]</c>.</param>
/// <param name="State">The state after the last step, from which a later call can go on.</param>
public sealed record RecurrentOutput(Tensor Sequence, RecurrentState State);

/// <summary>What a layer of both ways computes from sequences.</summary>
/// <param name="Sequence">What both directions give after each step, merged, <c>[batch, time, ...]</c>.</param>
/// <param name="Forward">The state behind the last step of the layer that walks forward.</param>
/// <param name="Backward">The state of the layer that goes backwards when it has reached the first step.</param>
public sealed record BidirectionalOutput(Tensor Sequence, RecurrentState Forward, RecurrentState Backward);
