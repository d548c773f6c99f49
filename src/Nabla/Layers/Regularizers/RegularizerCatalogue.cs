using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nabla.Layers.Regularizers;

/// <summary>Says in JSON what regularizers are, and makes them again from that.</summary>
internal static class RegularizerCatalogue
{
    private static readonly Dictionary<string, Func<JsonAttributes, Regularizer>> Kinds = new()
    {
        [nameof(L1)] = json => new L1(json.Number("factor")),
        [nameof(L2)] = json => new L2(json.Number("factor")),
        [nameof(L1L2)] = json => new L1L2(json.Number("l1"), json.Number("l2")),
    };

    /// <summary>The kind and the attributes.</summary>
    /// <exception cref="ArgumentException">The regularizer is of no kind that model files know.</exception>
    public static JsonObject Describe(Regularizer regularizer) => regularizer switch
    {
        L1 l1 => new JsonObject { ["kind"] = nameof(L1), ["factor"] = l1.Factor },
        L2 l2 => new JsonObject { ["kind"] = nameof(L2), ["factor"] = l2.Factor },
        L1L2 both => new JsonObject { ["kind"] = nameof(L1L2), ["l1"] = both.L1, ["l2"] = both.L2 },
        _ => throw new ArgumentException($"{regularizer} cannot be saved: model files know the regularizers {string.Join(", ", Kinds.Keys)}."),
    };

    /// <summary>A regularizer as it was described.</summary>
    /// <exception cref="JsonException">There is no such kind, or an attribute is missing, wrong or unknown.</exception>
    public static Regularizer Create(JsonAttributes attributes)
    {
        if (!Kinds.TryGetValue(attributes.Kind, out Func<JsonAttributes, Regularizer>? create))
        {
            throw new JsonException($"expected one of the regularizers {string.Join(", ", Kinds.Keys)}, got '{attributes.Kind}'");
        }

        Regularizer regularizer = create(attributes);
        attributes.RequireNoOthers();
        return regularizer;
    }
}
