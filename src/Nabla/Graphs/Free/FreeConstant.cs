namespace Nabla.Graphs.Free;

/// <summary>A number that depends on free sizes, or the reciprocal of one.</summary>
/// <param name="Size">The number.</param>
/// <param name="Inverse">Whether one divided by it is meant.</param>
internal sealed record FreeNumber(FreeSize Size, bool Inverse)
{
    /// <summary>The number for given free sizes.</summary>
    public double At(IReadOnlyDictionary<string, int> sizes) => Inverse ? 1.0 / Size.At(sizes) : Size.At(sizes);
}

/// <summary>What a constant is for any free sizes.</summary>
/// <param name="Type">The type of its elements.</param>
/// <param name="Shape">Its shape.</param>
internal abstract record FreeConstant(DataType Type, FreeShape Shape)
{
    /// <summary>The tensor for given free sizes.</summary>
    public abstract Tensor At(IReadOnlyDictionary<string, int> sizes);
}

/// <summary>
/// The first elements of a tensor along each axis, as many as the shape has; along an axis of size 1 the element is repeated. Where nothing is free
/// it is the tensor itself.
/// </summary>
internal sealed record FreeBlock(Tensor Tensor, FreeShape Shape) : FreeConstant(Tensor.DataType, Shape)
{
    /// <inheritdoc/>
    public override Tensor At(IReadOnlyDictionary<string, int> sizes)
    {
        Shape shape = Shape.At(sizes);
        Tensor block = Tensor;
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            block = block.Shape[axis] == 1 || block.Shape[axis] == shape[axis] ? block : block.Slice(axis, 0, shape[axis]);
        }

        return block.BroadcastTo(shape);
    }
}

/// <summary>One number everywhere, which depends on the free sizes.</summary>
internal sealed record FreeFill(DataType Type, FreeNumber Number, FreeShape Shape) : FreeConstant(Type, Shape)
{
    /// <inheritdoc/>
    public override Tensor At(IReadOnlyDictionary<string, int> sizes) => Tensor.Full(Shape.At(sizes), Number.At(sizes), Type);
}
