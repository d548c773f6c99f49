using System.Text.Json.Nodes;
using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>Attention heads and the units between the products of a Transformer.</summary>
internal sealed partial class ChannelAnalysis
{
    private static readonly string[] Products = ["query", "key", "value", "output", "up", "gate", "down"];

    private int[] ThroughTransformer(Layer layer, JsonObject json, int[] input)
    {
        switch (layer)
        {
            case MultiHeadAttention:
                Attend(layer, json, input, HeadsOf(layer, layer, json));
                return input;
            case FeedForward:
                Feed(layer, json, input, layer.Path);
                return input;
            default:
                return ThroughBlock(layer, json, input);
        }
    }

    // The heads of both attentions of a decoder have one number, so the same ones go.
    private int[] ThroughBlock(Layer block, JsonObject json, int[] input)
    {
        Layer attention = Child(block, "attention");
        int[] heads = HeadsOf(attention, block, json);
        foreach (string name in new[] { "attention", "crossAttention" }.Where(block.Children.ContainsKey))
        {
            Attend(Child(block, name), json, input, heads);
        }

        Feed(Child(block, "feedForward"), json, input, $"{block.Path}.feedForward");
        foreach (Layer norm in block.Children.Values.OfType<NormalizationLayer>())
        {
            Sets.Pin(input, $"{norm.Label} computes with all channels of a row together");
        }

        return input;
    }

    // Of heads that share keys and values all go, or none.
    private int[] HeadsOf(Layer attention, Layer owner, JsonObject json)
    {
        int heads = (int)json["heads"]!;
        int shared = json["keyValueHeads"] is { } given ? (int)given : heads;
        int headSize = Columns(attention, "query") / heads;
        int[] channels = Sets.Add(shared);
        if (json["positions"]?.ToString() == nameof(AttentionPositions.Alibi))
        {
            Sets.Pin(channels, "the slopes of ALiBi depend on the number of heads");
        }

        sizes.Add(new ChannelSize(attention.Path, owner.Kind, "heads", channels, count =>
        {
            json["heads"] = count * (heads / shared);
            json["keyValueHeads"] = json["keyValueHeads"] is null ? null : count;
            json["headSize"] = headSize;
        }));
        return channels;
    }

    private void Attend(Layer attention, JsonObject json, int[] input, int[] heads)
    {
        bool looksAtMemory = attention is MultiHeadAttention { CrossAttention: true };
        int[] queries = Stretched(heads, Columns(attention, "query") / heads.Length);
        int[] keys = Stretched(heads, Columns(attention, "key") / heads.Length);
        Product(Child(attention, "query"), input, queries);
        Product(Child(attention, "key"), looksAtMemory ? null : input, keys);
        Product(Child(attention, "value"), looksAtMemory ? null : input, keys);
        Product(Child(attention, "output"), queries, input);
        Note(attention, "prefixKeys", 1, heads, ChannelRole.Follows);
        Note(attention, "prefixValues", 1, heads, ChannelRole.Follows);
        KeepForOthers(attention, input);
    }

    private void Feed(Layer layer, JsonObject json, int[] input, string name)
    {
        int[] hidden = Sets.Add((int)json["hidden"]!);
        foreach (string product in new[] { "up", "gate" }.Where(layer.Children.ContainsKey))
        {
            Product(Child(layer, product), input, hidden);
        }

        Product(Child(layer, "down"), hidden, input);
        KeepForOthers(layer, input);
        sizes.Add(new ChannelSize(name, layer.Kind, "units", hidden, ChannelSize.Attribute(json, "hidden")));
    }

    // What else stands within, such as an adapter, reads the output as it is.
    private void KeepForOthers(Layer layer, int[] channels)
    {
        foreach (Module other in layer.Children.Where(child => !Products.Contains(child.Key) && child.Value.Parameters.Count > 0).Select(child => child.Value))
        {
            Sets.Pin(channels, $"{other.Label} reads them");
        }
    }

    private void Product(Layer product, int[]? input, int[] output)
    {
        if (input is not null)
        {
            Note(product, Kernel, 0, input, ChannelRole.Reads);
        }

        Note(product, Kernel, 1, output, ChannelRole.Makes);
        Note(product, Bias, 0, output, ChannelRole.Follows);
    }

    private static int Columns(Layer attention, string product) => Child(attention, product).OutputShape(Child(attention, product).InputShape!)[-1];
}
