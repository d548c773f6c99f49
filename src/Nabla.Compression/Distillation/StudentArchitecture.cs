using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Formats;
using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>Makes networks for students: the architecture of a teacher, made thinner or with new weights, or one of a file.</summary>
public static class StudentArchitecture
{
    private const int Tries = 24;
    private const long FileLimit = 10_000_000;

    /// <summary>The same layers with new weights.</summary>
    /// <param name="network">The network whose layers are taken.</param>
    /// <param name="seed">Decides the weights.</param>
    /// <exception cref="ArgumentException">A layer cannot be described, or is a traced graph.</exception>
    public static Sequential Renew(Sequential network, long seed)
    {
        ArgumentNullException.ThrowIfNull(network);
        return Build(Describe(network), network.InputShape, seed);
    }

    /// <summary>
    /// The same layers with fewer channels, units and features, all by one factor, so that the network has about a share of the parameters. What it takes in and
    /// what it answers stay as they are; heads of attention and groups of channels stay as many.
    /// </summary>
    /// <param name="network">The network whose layers are taken.</param>
    /// <param name="share">The share of its parameters, above 0 and below 1.</param>
    /// <param name="seed">Decides the weights.</param>
    /// <exception cref="ArgumentException">The layers do not fit together when they are thinner, as where a shape is fixed: give an architecture of your own.</exception>
    public static Sequential Shrink(Sequential network, double share, long seed)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (share is not (> 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(share), share, "Expected a share above 0 and below 1.");
        }

        JsonObject[] layers = Describe(network);
        double wanted = network.ParameterCount * share;
        (double low, double high) = (0, 1);
        Sequential? best = null;
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            double factor = (low + high) / 2;
            Sequential candidate = Thinner(network, layers, factor, seed);
            (low, high) = candidate.ParameterCount > wanted ? (low, factor) : (factor, high);
            best = best is null || Math.Abs(candidate.ParameterCount - wanted) < Math.Abs(best.ParameterCount - wanted) ? candidate : best;
        }

        return best!;
    }

    /// <summary>The network of a file: the <c>architecture</c> of a <c>model.json</c>, <c>{"inputShape": [...], "layers": [{"kind": ...}, ...]}</c>, or all of one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="seed">Decides the weights.</param>
    /// <exception cref="InvalidFileException">It describes no network.</exception>
    public static Sequential Read(string path, long seed)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using FileInput input = FileInput.Open(path);
        if (input.Remaining > FileLimit)
        {
            throw input.Error($"expected at most {FileLimit} bytes, got {input.Remaining}");
        }

        byte[] json = input.Read(input.Remaining, "the description of a network");
        try
        {
            JsonNode? root = JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
            JsonNode? architecture = (root as JsonObject)?["architecture"] ?? root;
            return architecture is JsonObject { } found && found["inputShape"] is JsonArray shape && found["layers"] is JsonArray layers
                ? Build([.. layers.Select(layer => layer as JsonObject ?? throw new JsonException("expected layers that are objects"))], ShapeOf(shape), seed)
                : throw new JsonException("expected an object with 'inputShape' and 'layers', two lists");
        }
        catch (JsonException error) when (error.LineNumber is { } line)
        {
            throw new InvalidFileException(path, FilePosition.Line(line + 1), "expected the description of a network as JSON", error);
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException or FormatException or OverflowException)
        {
            throw new InvalidFileException(path, FilePosition.None, error.Message.TrimEnd('.'), error);
        }
    }

    private static Shape ShapeOf(JsonArray shape) =>
        [.. shape.Select(size => int.Parse(size?.ToJsonString() ?? "", NumberStyles.None, CultureInfo.InvariantCulture))];

    private static JsonObject[] Describe(Sequential network)
    {
        Layer? graph = network.Layers.FirstOrDefault(layer => layer is GraphLayer);
        return graph is null
            ? [.. network.Layers.Select(LayerCatalogue.Describe)]
            : throw new ArgumentException($"{graph.Label} is a traced graph, whose architecture cannot be made anew: give one of your own.");
    }

    private static Sequential Build(JsonObject[] layers, Shape input, long seed) =>
        new(input, seed, LayerCatalogue.Create(layers.Select(layer => layer.DeepClone().AsObject())));

    // The last width is that of the answers where a layer says it, and no width that may change where the answers come from elsewhere.
    private static Sequential Thinner(Sequential network, JsonObject[] layers, double factor, long seed)
    {
        string problem = "its answers would have another shape";
        foreach (bool keepsLast in new[] { true, false })
        {
            try
            {
                Sequential candidate = Build(Widths.Scale(layers, factor, keepsLast), network.InputShape, seed);
                if (candidate.OutputShape == network.OutputShape)
                {
                    return candidate;
                }
            }
            catch (Exception error) when (error is ArgumentException or JsonException)
            {
                problem = error.Message.TrimEnd('.');
            }
        }

        throw new ArgumentException($"The network cannot be made thinner ({problem}): give an architecture of your own.");
    }
}
