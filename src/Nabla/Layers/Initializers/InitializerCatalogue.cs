using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nabla.Layers.Initializers;

/// <summary>Says in JSON what initializers are, and makes them again from that.</summary>
internal static class InitializerCatalogue
{
    private static readonly Dictionary<string, Func<JsonAttributes, Initializer>> Kinds = new()
    {
        [nameof(Zeros)] = _ => new Zeros(),
        [nameof(Ones)] = _ => new Ones(),
        [nameof(Constant)] = json => new Constant(json.Number("value")),
        [nameof(RandomUniform)] = json => new RandomUniform(json.Number("low"), json.Number("high")),
        [nameof(RandomNormal)] = json => new RandomNormal(json.Number("mean"), json.Number("deviation")),
        [nameof(TruncatedNormal)] = json => new TruncatedNormal(json.Number("mean"), json.Number("deviation")),
        [nameof(Orthogonal)] = json => new Orthogonal(json.Number("gain")),
        [nameof(GlorotUniform)] = _ => new GlorotUniform(),
        [nameof(GlorotNormal)] = _ => new GlorotNormal(),
        [nameof(HeUniform)] = _ => new HeUniform(),
        [nameof(HeNormal)] = _ => new HeNormal(),
        [nameof(LeCunUniform)] = _ => new LeCunUniform(),
        [nameof(LeCunNormal)] = _ => new LeCunNormal(),
        [nameof(VarianceScaling)] = json =>
            new VarianceScaling(json.Number("scale"), json.Choice<FanMode>("mode"), json.Choice<WeightDistribution>("distribution")),
    };

    /// <summary>The kind and the attributes.</summary>
    /// <exception cref="ArgumentException">The initializer is of no kind that model files know.</exception>
    public static JsonObject Describe(Initializer initializer)
    {
        JsonObject description = initializer switch
        {
            Constant constant => new JsonObject { ["value"] = constant.Value },
            RandomUniform uniform => new JsonObject { ["low"] = uniform.Low, ["high"] = uniform.High },
            RandomNormal normal => new JsonObject { ["mean"] = normal.Mean, ["deviation"] = normal.Deviation },
            TruncatedNormal truncated => new JsonObject { ["mean"] = truncated.Mean, ["deviation"] = truncated.Deviation },
            Orthogonal orthogonal => new JsonObject { ["gain"] = orthogonal.Gain },
            Zeros or Ones or GlorotUniform or GlorotNormal or HeUniform or HeNormal or LeCunUniform or LeCunNormal => [],
            VarianceScaling scaling when scaling.GetType() == typeof(VarianceScaling) => new JsonObject
            {
                ["scale"] = scaling.Scale,
                ["mode"] = scaling.Mode.ToString(),
                ["distribution"] = scaling.Distribution.ToString(),
            },
            _ => throw new ArgumentException($"{initializer} cannot be saved: model files know the initializers {string.Join(", ", Kinds.Keys)}."),
        };
        description.Insert(0, "kind", initializer.GetType().Name);
        return description;
    }

    /// <summary>An initializer as it was described.</summary>
    /// <exception cref="JsonException">There is no such kind, or an attribute is missing, wrong or unknown.</exception>
    public static Initializer Create(JsonAttributes attributes)
    {
        if (!Kinds.TryGetValue(attributes.Kind, out Func<JsonAttributes, Initializer>? create))
        {
            throw new JsonException($"expected one of the initializers {string.Join(", ", Kinds.Keys)}, got '{attributes.Kind}'");
        }

        Initializer initializer = create(attributes);
        attributes.RequireNoOthers();
        return initializer;
    }
}
