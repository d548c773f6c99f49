using Nabla.Layers.Initializers;

namespace Nabla.Layers;

/// <summary>What recurrent layers of all kinds may be asked for.</summary>
internal sealed record RecurrentOptions
{
    public bool ReturnSequences { get; init; }

    public bool GoBackwards { get; init; }

    public double Dropout { get; init; }

    public double RecurrentDropout { get; init; }

    public Initializer RecurrentInitializer { get; init; } = new Orthogonal();
}
