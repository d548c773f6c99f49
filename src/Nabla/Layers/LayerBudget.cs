using System.Text.Json;

namespace Nabla.Layers;

/// <summary>How many layers a model file may describe, and how deep within each other, so that no file can exhaust memory or stack.</summary>
/// <param name="stored">The first value of a parameter by its full name and type, or an error; null for the layers to make initial values.</param>
internal sealed class LayerBudget(Func<string, TensorType, Tensor>? stored)
{
    /// <summary>How deep layers may stand within layers.</summary>
    public const int Depth = 16;

    /// <summary>How many layers there may be.</summary>
    public const int Count = 10_000;

    private int taken;

    /// <summary>Where the values of parameters are; null for the layers to make initial ones.</summary>
    public Func<string, TensorType, Tensor>? Stored => stored;

    /// <summary>Counts one more.</summary>
    /// <exception cref="JsonException">There are too many, or it stands too deep.</exception>
    public void Take(int depth)
    {
        if (depth > Depth)
        {
            throw new JsonException($"expected layers within layers at most {Depth} deep, got more");
        }

        if (++taken > Count)
        {
            throw new JsonException($"expected at most {Count} layers, got more");
        }
    }
}
