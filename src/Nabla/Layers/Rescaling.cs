using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary><c>x * factor + offset</c>: what brings pixels from 0 to 255 to where a network wants them.</summary>
/// <param name="factor">What each number is multiplied by.</param>
/// <param name="offset">What is added then.</param>
public sealed class Rescaling(double factor, double offset = 0) : Layer
{
    /// <summary>What each number is multiplied by.</summary>
    public double Factor { get; } = Finite(factor, nameof(factor));

    /// <summary>What is added then.</summary>
    public double Offset { get; } = Finite(offset, nameof(offset));

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input) => input;

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["factor"] = Factor, ["offset"] = Offset == 0 ? null : Offset };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context) => (input * Factor) + Offset;

    private static double Finite(double value, string name) => double.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"Rescaling expects a finite {name}.");
}
