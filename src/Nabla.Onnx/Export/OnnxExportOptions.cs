namespace Nabla.Onnx;

/// <summary>How a model is written in the ONNX format.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>The oldest operator set that is written.</summary>
    public const int OldestOpset = 13;

    /// <summary>The newest operator set that is written.</summary>
    public const int NewestOpset = 22;

    /// <summary>The operator set that is written where none is asked for.</summary>
    public const int UsualOpset = 17;

    /// <summary>The version of the default operator set, 13 to 22; 17 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is another.</exception>
    public int Opset
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, OldestOpset, nameof(Opset));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, NewestOpset, nameof(Opset));
            field = value;
        }
    }
    = UsualOpset;

    /// <summary>Whether images go in and come out as <c>[batch, channels, height, width]</c>, as is usual in the format; false by default.</summary>
    public bool ChannelsFirst { get; init; }

    /// <summary>
    /// Whether the batch of a network stays open; else it is 1, as it always is where the network has a graph that holds for one sample alone, such as an imported
    /// one. True by default.
    /// </summary>
    public bool FreeBatch { get; init; } = true;

    /// <summary>Whether the number of tokens of a network that takes shorter sequences stays open, up to its longest; true by default.</summary>
    public bool FreeTime { get; init; } = true;

    /// <summary>
    /// Whether weights are written into a file of their own beside the model; null, the default, for when the model would be larger than the 2 GB that
    /// its format can hold.
    /// </summary>
    public bool? ExternalData { get; init; }

    /// <summary>How products of bytes are written; as products of floats between quantisations by default.</summary>
    public QuantizedForm Quantized { get; init; }

    /// <summary>The name of the graph; that of the model, or <c>network</c>, by default.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// The names of the outputs in order; by default those of the model's signature, or <c>output</c>, or <c>output0</c>, <c>output1</c> and so on where
    /// there are several.
    /// </summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];
}
