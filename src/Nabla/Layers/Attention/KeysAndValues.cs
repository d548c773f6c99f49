namespace Nabla.Layers;

/// <summary>What attention looks at: keys and values of the steps that are seen, and how many of them each sequence has; null for all.</summary>
internal readonly record struct KeysAndValues(Tensor Keys, Tensor Values, Tensor? Lengths)
{
    private const int WithLengths = 3;

    /// <summary>Those of the input, behind the steps of earlier passes where there is a state to keep them in.</summary>
    /// <param name="layer">Whose they are.</param>
    /// <param name="keys">The keys of this pass, <c>[batch, time, ...]</c>.</param>
    /// <param name="values">The values of this pass, <c>[batch, time, ...]</c>.</param>
    /// <param name="context">The pass.</param>
    public static KeysAndValues OfInput(Module layer, Tensor keys, Tensor values, ForwardContext context)
    {
        if (context.State is not { } state)
        {
            return new(keys, values, context.Lengths);
        }

        if (state.Of(layer) is [{ } earlierKeys, { } earlierValues])
        {
            (keys, values) = (ShapeOps.Concatenate(1, earlierKeys, keys), ShapeOps.Concatenate(1, earlierValues, values));
        }

        state.Set(layer, keys, values);
        return new(keys, values, context.Lengths is { } lengths ? lengths + state.Position : null);
    }

    /// <summary>Those of the memory, which are the same in each pass.</summary>
    /// <param name="layer">Whose they are.</param>
    /// <param name="context">The pass.</param>
    /// <param name="project">Makes keys and values of what the memory holds.</param>
    /// <exception cref="InvalidOperationException">There is no memory.</exception>
    public static KeysAndValues OfMemory(Module layer, ForwardContext context, Func<Tensor, (Tensor Keys, Tensor Values)> project)
    {
        if (context.State?.Of(layer) is [{ } earlierKeys, { } earlierValues, ..] kept)
        {
            return new(earlierKeys, earlierValues, kept.Count >= WithLengths ? kept[^1] : null);
        }

        SequenceMemory memory = context.Memory ?? throw new InvalidOperationException(
            $"{layer.Label} looks at a memory but there is none: put it into an EncoderDecoder, or give the pass one by ForwardContext.WithMemory.");
        (Tensor keys, Tensor values) = project(memory.Values);
        context.State?.SetFixed(layer, memory.Lengths is { } lengths ? [keys, values, lengths] : [keys, values]);
        return new(keys, values, memory.Lengths);
    }
}
