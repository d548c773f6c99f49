namespace Nabla.Ops.Normalizations;

/// <summary>What normalisations ask of their inputs.</summary>
internal static class NormalizationTypes
{
    /// <summary>The type of one number for each channel, the last axis of x.</summary>
    /// <exception cref="ArgumentException">Scale and bias do not have it.</exception>
    public static TensorType Channel(string name, TensorType x, TensorType scale, TensorType bias)
    {
        if (!x.DataType.IsFloating || x.Shape.Rank == 0 || x.Shape.ElementCount == 0)
        {
            throw new ArgumentException($"{name} expects floating-point numbers [..., channels] but got {x}.");
        }

        TensorType channel = x with { Shape = [x.Shape[-1]] };
        return scale == channel && bias == channel
            ? channel
            : throw new ArgumentException($"{name} expects a scale and a bias of {channel} for {x} but got {scale} and {bias}.");
    }

    /// <summary>The axes of rows.</summary>
    public static int[] AllButLast(Tensor x) => [.. Enumerable.Range(0, x.Rank - 1)];
}
