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
        Tensor indices = Tensor.From(rows);
        foreach (Tensor[] tensors in remembered.Values)
        {
            for (int index = 0; index < tensors.Length; index++)
            {
                tensors[index] = tensors[index].Gather(0, indices);
            }
        }
    }

    /// <summary>What a module keeps, each <c>[batch, ...]</c>; null when it has kept nothing yet.</summary>
    internal IReadOnlyList<Tensor>? Of(Module module) => remembered.GetValueOrDefault(module);

    /// <summary>Keeps tensors of a module for the next pass, each <c>[batch, ...]</c>.</summary>
    internal void Set(Module module, params Tensor[] tensors) => remembered[module] = tensors;
}
