namespace Nabla.Optimizers;

/// <summary>Limits gradients before a step.</summary>
internal static class GradientClipping
{
    /// <summary>The gradients, each number cut to a value, each tensor shortened to a norm, all together shortened to a norm.</summary>
    public static Tensor[] Clip(Tensor[] gradients, double? value, double? norm, double? globalNorm)
    {
        Tensor[] clipped = value is { } limit ? [.. gradients.Select(gradient => gradient.Clip(-limit, limit))] : gradients;
        if (norm is { } longest)
        {
            clipped = [.. clipped.Select(gradient => gradient * Share(SquaredNorm(gradient), longest).To(gradient.DataType))];
        }

        if (globalNorm is { } longestOfAll && clipped.Length > 0)
        {
            Tensor share = Share(clipped.Select(SquaredNorm).Aggregate((sum, squared) => sum + squared), longestOfAll);
            clipped = [.. clipped.Select(gradient => gradient * share.To(gradient.DataType))];
        }

        return clipped;
    }

    private static Tensor SquaredNorm(Tensor gradient) => gradient.Square().Sum().To(DataType.Float64);

    // Exactly 1 for a norm within the limit.
    private static Tensor Share(Tensor squaredNorm, double limit) => limit / squaredNorm.Sqrt().Maximum(Tensor.Scalar(limit));
}
