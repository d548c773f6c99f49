using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>
/// While training adds normally distributed numbers to each element (Bishop, Training with Noise is Equivalent to Tikhonov Regularization, 1995).
/// </summary>
/// <param name="deviation">The standard deviation of the numbers, at least 0.</param>
public sealed class GaussianNoise(double deviation) : RandomLayer
{
    private readonly double deviation = double.IsFinite(deviation) && deviation >= 0
        ? deviation
        : throw new ArgumentOutOfRangeException(nameof(deviation), deviation, "GaussianNoise expects a finite deviation of at least 0.");

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["deviation"] = deviation };

    /// <inheritdoc/>
    protected override Tensor Disturb(Tensor input, RandomKey key) => input + key.Normal(input.Shape, 0, deviation, input.DataType);
}
