using Nabla.Ops.Products;

namespace Nabla.Compression;

/// <summary>How weights are held in few bits while everything is computed in float.</summary>
public sealed record WeightOnlyOptions
{
    /// <summary>The most inputs that share a scale.</summary>
    public const int LargestGroup = GroupedFormat.LargestGroup;

    /// <summary>The bits of a weight, 4 or 8; 4 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is neither.</exception>
    public int Bits
    {
        get;
        init => field = value is 4 or 8 ? value : throw new ArgumentOutOfRangeException(nameof(Bits), value, "Expected 4 or 8 bits.");
    } = 4;

    /// <summary>
    /// The inputs that share a scale, an even number from 2 to 1024, 64 by default: fewer are more exact, and cost <c>32 / Group</c> bits more for each
    /// weight, or half of that where the model is saved with <see cref="Nabla.Formats.SavedModel.Floats"/> of 16 bits.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is out of range.</exception>
    public int Group
    {
        get;
        init => field = value is >= 2 and <= LargestGroup && value % 2 == 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Group), value, $"Expected an even number from 2 to {LargestGroup}.");
    } = 64;

    /// <summary>
    /// Weights that stay float, by patterns of dotted names: <c>*</c> stands for any characters, <c>?</c> for one. A layer of the network with such a weight
    /// stays as a whole. None by default.
    /// </summary>
    public IReadOnlyList<string> Excluded { get; init; } = [];
}
