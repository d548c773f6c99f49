namespace Nabla.Peers;

/// <summary>Tells where two tensors differ by more than rounding.</summary>
public static class TensorDifference
{
    /// <summary>The first element that differs by more than a share of the largest, in words; null if there is none.</summary>
    public static string? Find(Tensor ours, Tensor theirs, double tolerance)
    {
        ArgumentNullException.ThrowIfNull(ours);
        ArgumentNullException.ThrowIfNull(theirs);
        if (ours.Shape != theirs.Shape)
        {
            return $"Nabla gave shape {ours.Shape}, libtorch {theirs.Shape}.";
        }

        double[] a = ours.To(DataType.Float64).ToArray<double>(), b = theirs.To(DataType.Float64).ToArray<double>();
        double allowed = tolerance * b.Select(Math.Abs).DefaultIfEmpty().Max();
        int at = 0;
        while (at < a.Length && Math.Abs(a[at] - b[at]) <= allowed)
        {
            at++;
        }

        return at == a.Length ? null : FormattableString.Invariant($"element {at} of {ours.Shape}: Nabla {a[at]:R}, libtorch {b[at]:R}, allowed difference {allowed:E1}.");
    }
}
