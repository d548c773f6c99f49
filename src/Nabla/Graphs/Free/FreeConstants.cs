namespace Nabla.Graphs.Free;

/// <summary>Finds out what a constant is from the tensors that it is at each binding.</summary>
internal static class FreeConstants
{
    private const double Tolerance = 1e-6;

    /// <summary>The constant for any sizes.</summary>
    /// <param name="tensors">One at each binding.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="bindings">The bindings.</param>
    /// <exception cref="NotSupportedException">It depends on free sizes in a way that there is no form for.</exception>
    public static FreeConstant Of(IReadOnlyList<Tensor> tensors, FreeShape shape, FreeBindings bindings)
    {
        Tensor last = tensors[^1];
        if (shape.Fixed is not null && tensors.All(tensor => ReferenceEquals(tensor, last) || tensor.AsBytes().SequenceEqual(last.AsBytes())))
        {
            return new FreeBlock(last, shape);
        }

        return Block(tensors, shape, bindings) ?? (FreeConstant?)Fill(tensors, shape, bindings) ?? throw new NotSupportedException(
            $"The function has a constant {last.DataType.Label}{shape} whose elements depend on free sizes in no simple way. Give it fixed sizes.");
    }

    private static FreeBlock? Block(IReadOnlyList<Tensor> tensors, FreeShape shape, FreeBindings bindings)
    {
        Tensor block = tensors[^1];
        for (int axis = 0; axis < shape.Count; axis++)
        {
            block = shape[axis].Fixed is null && IsSameAlong(block, axis) ? block.Slice(axis, 0, 1) : block;
            if (block.Shape[axis] != 1 && shape[axis].Names.Any(name => bindings.Names.Single(free => free.Name == name).Largest is null))
            {
                return null;
            }
        }

        FreeBlock found = new(block, shape);
        return tensors.Select((tensor, binding) => found.At(bindings.All[binding]).AsBytes().SequenceEqual(tensor.AsBytes())).All(same => same) ? found : null;
    }

    private static bool IsSameAlong(Tensor tensor, int axis) => tensor.Shape[axis] > 0
        && tensor.Slice(axis, 0, 1).BroadcastTo(tensor.Shape).AsBytes().SequenceEqual(tensor.AsBytes());

    private static FreeFill? Fill(IReadOnlyList<Tensor> tensors, FreeShape shape, FreeBindings bindings)
    {
        if (tensors.Any(tensor => tensor.ElementCount == 0 || !Enumerable.Range(0, tensor.Rank).All(axis => IsSameAlong(tensor, axis))))
        {
            return null;
        }

        double[] numbers = [.. tensors.Select(tensor => tensor.Reshape(-1).Slice(0, 0, 1).Reshape([]).ToDouble())];
        return Number(numbers, bindings) is { } number ? new FreeFill(tensors[^1].DataType, number, shape) : null;
    }

    private static FreeNumber? Number(double[] numbers, FreeBindings bindings) =>
        Whole(numbers) is { } whole && bindings.Fit(whole) is { } size ? new FreeNumber(size, Inverse: false)
        : Whole([.. numbers.Select(number => 1 / number)]) is { } divisors && bindings.Fit(divisors) is { } divisor ? new FreeNumber(divisor, Inverse: true)
        : null;

    private static long[]? Whole(double[] numbers) =>
        Array.TrueForAll(numbers, number => Math.Abs(number) < int.MaxValue && Math.Abs(number - Math.Round(number)) <= Tolerance * Math.Abs(number))
            ? Array.ConvertAll(numbers, number => (long)Math.Round(number))
            : null;
}
