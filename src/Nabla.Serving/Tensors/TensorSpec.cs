namespace Nabla.Serving.Tensors;

/// <summary>An input or output of a served model.</summary>
/// <param name="Name">What callers say.</param>
/// <param name="Type">The type of its elements as callers see it.</param>
/// <param name="Dimensions">Its sizes, the batch first where the model takes batches; -1 where a size is free.</param>
internal sealed record TensorSpec(string Name, DataType Type, IReadOnlyList<int> Dimensions)
{
    /// <summary>The type of its elements in the protocol.</summary>
    public ElementType ElementType => ElementTypes.Of(Type);

    /// <summary>The sizes as a person reads them.</summary>
    public string Print() => $"[{string.Join(", ", Dimensions.Select(size => size < 0 ? "?" : $"{size}"))}]";

    /// <summary>Whether a tensor has this shape, but for the first <paramref name="skipped"/> dimensions, which may have any size.</summary>
    public bool Takes(ReadOnlySpan<int> shape, int skipped)
    {
        if (shape.Length != Dimensions.Count)
        {
            return false;
        }

        for (int axis = skipped; axis < shape.Length; axis++)
        {
            if (Dimensions[axis] >= 0 && Dimensions[axis] != shape[axis])
            {
                return false;
            }
        }

        return true;
    }
}
