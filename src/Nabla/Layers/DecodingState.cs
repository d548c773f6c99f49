namespace Nabla.Layers;

/// <summary>
/// What layers remember while sequences are gone through step by step, as when text is generated: the keys and values of attention, the states of
/// recurrent layers. A pass with a state sees only the new steps and gives what a pass over all steps gives at their places.
/// </summary>
/// <example>
/// <code>
/// DecodingState state = new();
/// ForwardContext context = ForwardContext.Inference.WithState(state);
/// Tensor logits = model.Forward(prompt, context); // [1, steps] of tokens
/// state.Advance(prompt.Shape[1]);
/// logits = model.Forward(next, context); // [1, 1]: one step more
/// </code>
/// </example>
public sealed class DecodingState
{
    private readonly Dictionary<Module, Tensor[]> remembered = [];
    private readonly Dictionary<Module, Tensor[]> fixedOnes = [];

    // The sequence of the first pass that each one comes from; null before the first choice.
    private int[]? origins;

    /// <summary>How many steps were done before.</summary>
    public int Position { get; private set; }

    /// <summary>Says that a pass over some more steps is done.</summary>
    public void Advance(int steps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        Position += steps;
    }

    /// <summary>Goes on with some sequences of the batch, in a new order; one may be there several times, as when beams branch.</summary>
    /// <param name="rows">The places of the sequences in the batch as it was.</param>
    public void Select(params int[] rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Tensor indices = Tensor.From(rows);
        Gather(remembered, indices);
        int[] before = origins ?? [.. Enumerable.Range(0, fixedOnes.Values.FirstOrDefault()?[0].Shape[0] ?? 0)];
        if (fixedOnes.Count > 0)
        {
            origins = [.. rows.Select(row => before[row])];
            if (!origins.AsSpan().SequenceEqual(before))
            {
                Gather(fixedOnes, indices);
            }
        }
    }

    /// <summary>What a module keeps, each <c>[batch, ...]</c>; null when it has kept nothing yet.</summary>
    internal IReadOnlyList<Tensor>? Of(Module module) => remembered.GetValueOrDefault(module) ?? fixedOnes.GetValueOrDefault(module);

    /// <summary>Keeps tensors of a module for the next pass, each <c>[batch, ...]</c>.</summary>
    internal void Set(Module module, params Tensor[] tensors) => remembered[module] = tensors;

    /// <summary>
    /// Keeps tensors of a module, each <c>[batch, ...]</c>, that no pass changes, as those of a memory: beams of one sequence have the same, so that nothing
    /// is copied as long as each place of the batch belongs to the same sequence.
    /// </summary>
    internal void SetFixed(Module module, params Tensor[] tensors) => fixedOnes[module] = tensors;

    private static void Gather(Dictionary<Module, Tensor[]> kept, Tensor indices)
    {
        foreach (Tensor[] tensors in kept.Values)
        {
            for (int index = 0; index < tensors.Length; index++)
            {
                tensors[index] = tensors[index].Gather(0, indices);
            }
        }
    }
}
