using Nabla.Formats;

namespace Nabla.Data;

/// <summary>How a picture becomes the input of a network: resized, its channels chosen, its pixels scaled. Plain data that is saved with the model.</summary>
public sealed record ImagePreprocessing
{
    private const int LongestSide = 16384;

    /// <summary>The rows of the input; at least 1.</summary>
    public required int Height { get; init; }

    /// <summary>The columns of the input; at least 1.</summary>
    public required int Width { get; init; }

    /// <summary>1 for grey, 3 for red, green and blue.</summary>
    public required int Channels { get; init; }

    /// <summary>What pixels from 0 to 255 are divided by; above 0.</summary>
    public float Divisor { get; init; } = 255;

    /// <summary>What is taken off each channel behind the division; null for nothing.</summary>
    public IReadOnlyList<float>? Mean { get; init; }

    /// <summary>What each channel is divided by behind that, above 0; null for nothing.</summary>
    public IReadOnlyList<float>? Deviation { get; init; }

    /// <summary>
    /// The side of the square in the middle that is read, as a share of the picture's shorter side, above 0 up to 1; null to read the whole picture.
    /// </summary>
    public float? CentreShare { get; init; }

    /// <summary>The shape of one input: <c>[height, width, channels]</c>.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public Shape InputShape => [Height, Width, Channels];

    /// <summary>Refuses what no picture can become.</summary>
    internal void Validate(string path)
    {
        bool sound = Height is >= 1 and <= LongestSide && Width is >= 1 and <= LongestSide && (Channels is 1 or 3)
            && float.IsFinite(Divisor) && Divisor > 0;
        if (!sound)
        {
            throw new InvalidFileException(
                path,
                FilePosition.None,
                $"expected image preprocessing with 1 to {LongestSide} rows and columns, 1 or 3 channels and a positive divisor, "
                + $"got {Height} x {Width} x {Channels} and {Divisor}");
        }

        bool centred = CentreShare is null or (> 0 and <= 1);
        if (!centred || !IsForChannels(Mean, float.IsFinite) || !IsForChannels(Deviation, value => float.IsFinite(value) && value > 0))
        {
            throw new InvalidFileException(
                path, FilePosition.None,
                $"expected image preprocessing with a mean and a positive deviation for each of {Channels} channels, and a share of the centre up to 1, got others");
        }
    }

    private bool IsForChannels(IReadOnlyList<float>? values, Func<float, bool> isSound) => values is null || (values.Count == Channels && values.All(isSound));
}
