using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>The scaling of rotary positions among the attributes of a layer.</summary>
internal static class RotaryScalingJson
{
    /// <summary>Adds the attributes; none when nothing is scaled.</summary>
    public static JsonObject With(this JsonObject description, RotaryScaling? scaling)
    {
        if (scaling is not null)
        {
            description["rotaryFactor"] = scaling.Factor;
            description["rotaryLength"] = scaling.OriginalLength;
            description["rotaryLow"] = scaling.OriginalLength is null ? null : scaling.LowFactor;
            description["rotaryHigh"] = scaling.OriginalLength is null ? null : scaling.HighFactor;
        }

        return description;
    }

    /// <summary>The scaling that the attributes say; null for none.</summary>
    public static RotaryScaling? Read(JsonAttributes json)
    {
        double factor = json.Number("rotaryFactor", 0);
        RotaryScaling usual = new(1);
        RotaryScaling scaling = new(factor == 0 ? 1 : factor)
        {
            OriginalLength = json.OptionalInteger("rotaryLength"),
            LowFactor = json.Number("rotaryLow", usual.LowFactor),
            HighFactor = json.Number("rotaryHigh", usual.HighFactor),
        };
        return factor == 0 ? null : scaling;
    }
}
